"""The identities that the losses have among each other: values and gradients, in double precision to 1e-9."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_torch import Mixed, build, registry
from imbalearn_torch.training.step import LossStep, wants_features

CLASSES, BATCH, EPOCHS = 5, 12, 4
SKEWED, EQUAL = (400, 120, 30, 7, 1), (50,) * CLASSES
NAMES = [entry.name for entry in registry(plugins=False).entries("loss")]
EVERY = pytest.mark.parametrize("name", NAMES)
SOURCE = torch.Generator().manual_seed(0)
LOGITS = 2 * torch.randn(BATCH, CLASSES, generator=SOURCE, dtype=torch.float64)
FEATURES = torch.randn(BATCH, 3, generator=SOURCE, dtype=torch.float64)
TARGETS = torch.arange(BATCH) % CLASSES
OTHERS = TARGETS[torch.randperm(BATCH, generator=SOURCE)]
LAM = torch.rand(BATCH, generator=SOURCE)


class Found(NamedTuple):
    """The losses `[B]` and the gradient of their weighted sum for the logits `[B, K]`."""

    values: Tensor
    gradient: Tensor


def make(spec: str, counts: tuple[int, ...] = SKEWED) -> nn.Module:
    """A loss in the last epoch, after an observed epoch of these counts."""
    mass = torch.tensor(counts)
    loss: Any = build("loss", spec, class_counts=mass, num_classes=CLASSES, epochs=EPOCHS, reduction="none")
    loss.double()
    if hasattr(loss, "set_epoch"):
        loss.set_epoch(EPOCHS - 1)
    if hasattr(loss, "observe"):
        loss.observe(torch.repeat_interleave(torch.arange(CLASSES), mass))
    return loss


def logits_for(loss: nn.Module) -> Tensor:
    """Logits, or cosines where the loss wants them."""
    return (LOGITS.tanh() if getattr(loss, "head", "linear") == "cosine" else LOGITS).clone().requires_grad_()


def differentiated(values: Tensor, logits: Tensor) -> Found:
    upstream = torch.linspace(-1, 2, values.numel(), dtype=torch.float64).view_as(values)
    (gradient,) = torch.autograd.grad((values * upstream).sum(), logits)
    return Found(values.detach(), gradient)


def found(loss: nn.Module) -> Found:
    logits = logits_for(loss)
    torch.manual_seed(0)
    values = loss(logits, TARGETS, features=FEATURES) if wants_features(loss) else loss(logits, TARGETS)
    return differentiated(values, logits)


def require_equal(ours: Found, theirs: Found) -> None:
    torch.testing.assert_close(ours.values, theirs.values, rtol=0, atol=1e-9)
    torch.testing.assert_close(ours.gradient, theirs.gradient, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("balanced-softmax", "logit-adjusted:tau=1"),
        ("vs:gamma=0", "logit-adjusted"),
        ("vs:gamma=0,tau=0.4", "logit-adjusted:tau=0.4"),
        ("vs:tau=0", "cdt:gamma=0.3"),
        ("vs:gamma=0.7,tau=0", "cdt:gamma=0.7"),
        ("focal:gamma=0", "ce"),
        ("logit-adjusted:tau=0", "ce"),
        ("label-aware-smoothing:head=0,tail=0", "ce"),
        ("poly1:epsilon=0", "ce"),
        ("lade:alpha=0", "balanced-softmax"),
        # not of the list, but of the formulas
        ("vs:gamma=0,tau=0", "ce"),
        ("cdt:gamma=0", "ce"),
        ("seesaw:p=0,q=0", "ce"),
        ("equalization:gamma=0", "ce"),
        ("equalization:gamma=1,lam=0", "ce"),
        ("influence-balanced:start=1", "ce"),
        ("label-aware-smoothing:head=0.2,tail=0.2", "ce:smoothing=0.2"),
        ("asymmetric:gamma_neg=0", "ce:smoothing=0.1"),
        ("asymmetric:gamma_pos=0.5,smoothing=0", "focal:gamma=0.5"),
    ],
)
def test_two_losses_are_one(first: str, second: str) -> None:
    require_equal(found(make(first)), found(make(second)))


@pytest.mark.parametrize(
    "spec", ["balanced-softmax", "logit-adjusted", "logit-adjusted:tau=2", "vs", "cdt", "lade:alpha=0", "seesaw:q=0"]
)
def test_equal_counts_are_cross_entropy(spec: str) -> None:
    require_equal(found(make(spec, EQUAL)), found(make("ce", EQUAL)))


def test_equal_counts_leave_ldam_one_margin_for_all() -> None:
    # m_c = max_m: CE(s (z - max_m onehot))
    loss = make("ldam:max_m=0.4,s=10", EQUAL)
    cosines = logits_for(loss)
    shifted = 10 * (cosines - 0.4 * F.one_hot(TARGETS, CLASSES).double())
    require_equal(found(loss), differentiated(F.cross_entropy(shifted, TARGETS, reduction="none"), cosines))


def test_equal_counts_leave_gcl_its_margin_and_no_noise() -> None:
    # d_c = 0: CE(s (cos - m onehot))
    loss = make("gcl:s=10,m=0.2,noise=0.5", EQUAL)
    cosines = logits_for(loss)
    shifted = 10 * (cosines - 0.2 * F.one_hot(TARGETS, CLASSES).double())
    require_equal(found(loss), differentiated(F.cross_entropy(shifted, TARGETS, reduction="none"), cosines))


@pytest.mark.parametrize("spec", ["influence-balanced", "equalization:gamma=1,lam=0.5"])
def test_equal_counts_leave_the_term_of(spec: str) -> None:
    # influence-balanced looks at no counts; of equal classes, each is rarer than half of the images
    assert not torch.allclose(found(make(spec, EQUAL)).values, found(make("ce", EQUAL)).values, atol=0.1)


def reduced(loss: nn.Module, lam: Tensor | None, targets: Tensor = TARGETS) -> Found:
    """The batch as the engine reduces it; None: hard labels."""
    logits = logits_for(loss)
    mixed = Mixed(torch.empty(BATCH, 0), targets, OTHERS, torch.ones(BATCH) if lam is None else lam)
    torch.manual_seed(0)
    total, norm = LossStep(loss, "loss")(logits, FEATURES, mixed, lam is not None, None)
    return differentiated(total / norm, logits)


@EVERY
def test_the_pair_form_with_a_whole_share_is_hard_labels(name: str) -> None:
    loss = make(name)
    require_equal(reduced(loss, torch.ones(BATCH)), reduced(loss, None))


@EVERY
def test_two_equal_labels_are_one(name: str) -> None:
    loss = make(name)
    if name in {"equalization", "gcl"}:
        pytest.skip("it draws anew for the second label")
    require_equal(reduced(loss, LAM, OTHERS), reduced(loss, None, OTHERS))


def test_the_pair_form_of_ce_is_cross_entropy_on_soft_targets() -> None:
    share = LAM.double()[:, None]
    soft = share * F.one_hot(TARGETS, CLASSES) + (1 - share) * F.one_hot(OTHERS, CLASSES)
    logits = LOGITS.clone().requires_grad_()
    require_equal(reduced(make("ce"), LAM), differentiated(F.cross_entropy(logits, soft), logits))


@EVERY
def test_what_is_claimed_to_be_neutral_is_cross_entropy(name: str) -> None:
    claim = registry(plugins=False).find("loss", name).component.neutral
    if not claim:
        pytest.skip("nothing is claimed")
    loss = make(f"{name}:{claim}")
    logits = logits_for(loss)
    scaled: Any = logits * getattr(loss, "scale", 1.0)
    require_equal(found(loss), differentiated(F.cross_entropy(scaled, TARGETS, reduction="none"), logits))
