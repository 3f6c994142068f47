"""Where torch's bf16 gives wrong gradients on CPUs, a run is trained in fp32 or refused."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from imbalearn_torch.errors import ComponentError
from imbalearn_torch.experiments.trial import trusted_precision
from imbalearn_torch.training.precision import Precision
from imbalearn_torch.types import Batch

CPU = torch.device("cpu")
BATCH = Batch(torch.zeros(2, 1, 8, 8), torch.zeros(2, dtype=torch.int64))


def net(size: int) -> nn.Module:
    """Ends with a stride over maps of `size` pixels a side."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(size), nn.Conv2d(1, 2, 3, stride=2, padding=1))


def test_automatic_bf16_becomes_fp32_with_a_warning() -> None:
    with pytest.warns(UserWarning, match=r"strides over feature maps of one pixel with inputs \[1, 8, 8\].*in fp32"):
        chosen = trusted_precision(Precision("bf16", CPU), "auto", net(1), BATCH)
    assert chosen == Precision("fp32", CPU)


def test_bf16_by_name_is_refused() -> None:
    with pytest.raises(ComponentError, match="--precision fp32"):
        trusted_precision(Precision("bf16", CPU), "bf16", net(1), BATCH)


@pytest.mark.parametrize(("name", "size"), [("bf16", 2), ("fp32", 1), ("fp64", 1)])
def test_everything_else_stays(name: str, size: int) -> None:
    before = Precision(name, CPU)
    assert trusted_precision(before, "auto", net(size), BATCH) is before


def test_no_hook_is_left_behind() -> None:
    module = net(2)
    trusted_precision(Precision("bf16", CPU), "auto", module, BATCH)
    assert not any(each._forward_pre_hooks for each in module.modules())
