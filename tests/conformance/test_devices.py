"""Two devices simulated: what a GPU would refuse is refused, and what it would allow is allowed."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_torch.conformance import ConformanceError
from imbalearn_torch.conformance.devices import LeftBehind, plain_tensors

Use = Callable[[Tensor, Tensor, Tensor], Tensor]  # of logits, labels and a tensor [5] that is left behind

REFUSED: dict[str, Use] = {
    "add": lambda z, y, c: z + c,
    "add from the left": lambda z, y, c: c + z,
    "add in place": lambda z, y, c: z.clone().add_(c),
    "picked by label": lambda z, y, c: c[y],
    "gathered": lambda z, y, c: c.index_select(0, y),
    "weight": lambda z, y, c: F.cross_entropy(z, y, weight=c),
    "matmul": lambda z, y, c: z @ c,
    "linear": lambda z, y, c: F.linear(z, c.expand(4, 5)),
    "in a list": lambda z, y, c: torch.cat([z, c.expand(3, 5)]),
    "cast": lambda z, y, c: z + c.to(z.dtype),
    "moved to the CPU": lambda z, y, c: z + c.to("cpu"),
    "computed": lambda z, y, c: z + (c / c.sum()).log(),
    "where": lambda z, y, c: torch.where(z > 0, z, c),
    "new": lambda z, y, c: z * torch.ones(5),
    "scattered into new": lambda z, y, c: torch.zeros(3, 5).scatter_(1, y[:, None], 1.0),
    "written into": lambda z, y, c: c.copy_(z[0]),
}
ALLOWED: dict[str, Use] = {
    "to": lambda z, y, c: z + c.to(z),
    "to device": lambda z, y, c: z + c.to(z.device),
    "to device and type": lambda z, y, c: z + c.to(device=z.device, dtype=z.dtype),
    "type_as": lambda z, y, c: z + c.type_as(z),
    "as_tensor": lambda z, y, c: z + torch.as_tensor(c, device=z.device),
    "one number": lambda z, y, c: z * c.max(),
    "a Python number": lambda z, y, c: z * c.max().item(),
    "labels to the CPU": lambda z, y, c: z[:, 0] + c[y.cpu()].to(z.device),
    "expanded": lambda z, y, c: z + c.expand_as(z).to(z.device),
    "copied": lambda z, y, c: torch.zeros_like(z).copy_(c) + z,
    "written into": lambda z, y, c: z.clone().index_put_((y,), z) + z,
    "index": lambda z, y, c: z[torch.arange(3), y],
    "mask": lambda z, y, c: z[torch.rand(3) < 2] + z,
    "new on the device": lambda z, y, c: z + torch.randn(z.shape, device=z.device),
    "new, then moved": lambda z, y, c: z + torch.randn(z.shape).to(z),
    "alike": lambda z, y, c: z + torch.zeros_like(z) + z.new_zeros(5),
    "data-dependent": lambda z, y, c: z * len(y.unique()),
}


def used(use: Use) -> bool:
    """Whether the result stays on the CPU."""
    logits, labels, constant = torch.randn(3, 5, requires_grad=True), torch.tensor([0, 1, 2]), torch.rand(5)
    mode = LeftBehind([constant])
    with mode:
        made = use(logits, labels, constant)
    return mode.holds(made)


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_gpu_refuses_is_refused(name: str) -> None:
    with pytest.raises(ConformanceError, match="stays on the CPU"):
        used(REFUSED[name])


@pytest.mark.parametrize("name", ALLOWED)
def test_what_a_gpu_allows_is_allowed(name: str) -> None:
    assert not used(ALLOWED[name])


def test_a_result_may_stay_on_the_cpu() -> None:
    assert used(lambda z, y, c: z.detach().cpu() + c)
    assert used(lambda z, y, c: c * 2)


def test_moving_a_tensor_once_does_not_move_it_for_good() -> None:
    with pytest.raises(ConformanceError, match="add meets a tensor"):
        used(lambda z, y, c: z * c.to(z) + c)


def test_plain_tensors_are_those_that_to_does_not_reach() -> None:
    module = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    module.scale, module.table, module[0].kept = torch.tensor(2.0), {"a": [torch.ones(2)]}, torch.ones(3)
    assert list(plain_tensors(module)) == ["table", "0.kept"]
