"""What the contract asks of every built-in loss, whatever its formula."""

import copy

import pytest
import torch

from imbalearn_torch import build, errors

COUNTS = torch.tensor([50, 10, 3, 0])
SPECS = [
    "ce",
    "ce:smoothing=0.1",
    "focal",
    "focal:gamma=0",
    "focal:gamma=0.5",
    "balanced-softmax",
    "balanced-softmax:smoothing=0.1",
    "logit-adjusted",
    "logit-adjusted:tau=0.5,smoothing=0.2",
    "ldam",
    "vs",
    "cdt",
    "lade",
    "lade:alpha=0",
    "gcl:m=0.1,noise=0",
    "seesaw",
    "sigmoid-focal",
    "sigmoid-focal:gamma=0.5,alpha=0.5",
    "equalization:gamma=1,lam=0.1",
    "label-aware-smoothing",
    "poly1",
    "asymmetric",
    "asymmetric:gamma_pos=0.5,gamma_neg=0.5",
]


def make(spec: str, reduction: str = "none") -> torch.nn.Module:
    return build("loss", spec, class_counts=COUNTS, num_classes=4, epochs=3, reduction=reduction)


def batch(dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return logits.to(dtype), torch.tensor([0, 1, 2, 3, 0, 1])


@pytest.mark.parametrize("spec", SPECS)
def test_mean_and_sum_are_those_of_the_single_losses(spec: str) -> None:
    logits, targets = batch()
    values = make(spec)(logits, targets)
    assert values.shape == (6,)
    torch.testing.assert_close(make(spec, "mean")(logits, targets), values.mean(), rtol=0, atol=1e-12)
    torch.testing.assert_close(make(spec, "sum")(logits, targets), values.sum(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("spec", SPECS)
def test_gradients_are_those_of_finite_differences(spec: str) -> None:
    logits, targets = (part[:4] for part in batch())
    loss = make(spec).double()
    if getattr(loss, "detached", False):
        pytest.skip("part of it carries no gradient")
    assert torch.autograd.gradcheck(lambda z: loss(z, targets), logits.requires_grad_())
    assert torch.autograd.gradgradcheck(lambda z: loss(z, targets), logits)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("spec", SPECS)
def test_extreme_logits_give_finite_losses_and_gradients(spec: str, dtype: torch.dtype) -> None:
    logits = torch.full((8, 4), -1e4, dtype=dtype)
    logits[range(4), range(4)] = 1e4  # certain and right in the first half, certain and wrong in the second
    logits[4:] = -logits[:4]
    logits.requires_grad_()
    values = make(spec)(logits, torch.arange(4).repeat(2))
    values.sum().backward()
    assert values.isfinite().all()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()
    assert (values[4:] > 9e3).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("spec", SPECS)
def test_half_precision_is_widened_first(spec: str, dtype: torch.dtype) -> None:
    logits, targets = batch(dtype)
    values = make(spec)(logits, targets)
    assert values.dtype == torch.float32
    torch.testing.assert_close(values, make(spec)(logits.float(), targets), rtol=0, atol=0)


@pytest.mark.parametrize("spec", SPECS)
def test_autocast_changes_nothing(spec: str) -> None:
    logits, targets = batch(torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        values = make(spec)(logits, targets)
    torch.testing.assert_close(values, make(spec)(logits, targets), rtol=0, atol=0)


@pytest.mark.parametrize("spec", SPECS)
def test_forward_follows_the_logits_dtype_and_changes_no_state(spec: str) -> None:
    logits, targets = batch(torch.float64)
    loss = make(spec).float()  # as the engine does before the first step
    before = copy.deepcopy(loss.state_dict())
    first = loss(logits, targets)
    assert first.dtype == torch.float64
    assert torch.equal(first, loss(logits, targets))
    assert before.keys() == loss.state_dict().keys()
    assert all(torch.equal(before[name], value) for name, value in loss.state_dict().items())


@pytest.mark.parametrize("spec", SPECS)
def test_buffers_start_in_double_precision(spec: str) -> None:
    assert {buffer.dtype for buffer in make(spec).buffers()} <= {torch.float64, torch.int64}
    assert not list(make(spec).parameters())


@pytest.mark.parametrize("spec", ["focal", "poly1", "influence-balanced:start=0"])
def test_probabilities_are_refused_where_the_formula_is_of_one_label(spec: str) -> None:
    # 1 - exp(-CE) of soft targets is the 1 - p of no class, and torch's cross-entropy would say nothing
    logits, targets = batch()
    soft = torch.nn.functional.one_hot(targets, 4).double()
    told = {"features": logits} if "influence" in spec else {}
    assert make(spec)(logits, targets, **told).shape == (6,)
    with pytest.raises(errors.DataError, match=r"Expected labels int64 \[B\], but got torch.float64 \[6, 4\]"):
        make(spec)(logits, soft, **told)


@pytest.mark.parametrize("name", ["ce", "focal", "balanced-softmax", "logit-adjusted"])
def test_unknown_reductions_are_refused(name: str) -> None:
    with pytest.raises(errors.OptionError, match="Expected `reduction` to be one of none, mean, sum, but got 'avg'"):
        make(name, "avg")


@pytest.mark.parametrize("name", ["ce", "balanced-softmax", "logit-adjusted"])
@pytest.mark.parametrize("smoothing", ["2", "-0.1"])
def test_smoothing_outside_0_to_1_is_refused(name: str, smoothing: str) -> None:
    with pytest.raises(errors.OptionError, match=rf"loss '{name}': Expected `smoothing` to be in \[0, 1\], but got"):
        make(f"{name}:smoothing={smoothing}")
