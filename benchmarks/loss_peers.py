"""Our losses beside the packages that have them too: forward and backward, one thread, the same values.

Logits `[128, 10]` and `[1024, 1000]` in float32, class counts 1000 to 5. Before anything is timed, both
must agree on the value and the gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.harness import Paired, paired, versions
from imbalearn_torch import build

_SHAPES = {"128x10": (128, 10), "1024x1000": (1024, 1000)}
_BETA = 0.999


class _Peer(NamedTuple):
    ours: Callable[[Tensor, Tensor], Tensor]
    theirs: Callable[[Tensor, Tensor], Tensor]
    factor: float = 1.0  # theirs by ours, where the peer knows no scale


def measure(quick: bool) -> dict[str, Any]:
    """Times faster than the peer, by peer and shape; above 1 is the mark."""
    known = versions("balanced-loss", "imbalanced-losses", "timm", "torchvision")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return {
            "versions": known,
            "losses": {
                f"{name}_{shape}": _compare(peer, size, 3 if quick else 15)
                for shape, size in _SHAPES.items()
                for name, peer in peers(size[1]).items()
            },
        }
    finally:
        torch.set_num_threads(threads)


def _compare(peer: _Peer, shape: tuple[int, int], pairs: int) -> Paired:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(shape, generator=generator).requires_grad_()
    targets = torch.randint(0, shape[1], shape[:1], generator=generator)
    for ours, theirs in zip(gradient(peer.ours, logits, targets), gradient(peer.theirs, logits, targets), strict=True):
        torch.testing.assert_close(peer.factor * ours, theirs)
    calls = 200 if shape[0] == 128 else 5  # a small batch takes no longer than a clock's hiccup

    def several(loss: Callable[[Tensor, Tensor], Tensor]) -> Callable[[], None]:
        def work() -> None:
            for _ in range(calls):
                gradient(loss, logits, targets)

        return work

    return paired(several(peer.ours), several(peer.theirs), pairs, at_least=1)


def gradient(loss: Callable[[Tensor, Tensor], Tensor], logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """The value of a loss and its gradient in the logits."""
    value = loss(logits, targets)
    (grad,) = torch.autograd.grad(value, logits)
    return value.detach(), grad


def peers(classes: int) -> dict[str, _Peer]:
    """What is compared, for K classes: the name is ours, and the package that has the same loss."""
    import balanced_loss  # pyright: ignore[reportMissingImports]
    import imbalanced_losses  # pyright: ignore[reportMissingImports]
    from timm.loss.asymmetric_loss import AsymmetricLossSingleLabel
    from timm.loss.cross_entropy import LabelSmoothingCrossEntropy
    from torchvision.ops import sigmoid_focal_loss

    counts = torch.logspace(3, 0.7, classes).long()
    balanced = {"samples_per_class": counts.tolist(), "class_balanced": True, "beta": _BETA}
    focal = imbalanced_losses.SigmoidFocalLoss(alpha=0.25, gamma=2.0, reduction="sum")
    return {
        "ce:effective_weights__balanced_loss": _Peer(
            _weighted(counts), balanced_loss.Loss(loss_type="cross_entropy", **balanced)
        ),
        "ce:smoothing__timm": _Peer(
            build("loss", "ce:smoothing=0.1", num_classes=classes, reduction="mean"), LabelSmoothingCrossEntropy(0.1)
        ),
        "focal__imbalanced_losses": _Peer(
            build("loss", "focal:gamma=2", num_classes=classes, reduction="mean"),
            imbalanced_losses.SoftmaxFocalLoss(gamma=2.0),
        ),
        "sigmoid-focal__imbalanced_losses": _Peer(
            _sigmoid_focal(), lambda z, y: focal(z, F.one_hot(y, classes).to(z.dtype)) / len(z)
        ),
        "sigmoid-focal__torchvision": _Peer(
            _sigmoid_focal(),
            lambda z, y: sigmoid_focal_loss(z, F.one_hot(y, classes).to(z.dtype), reduction="sum") / len(z),
        ),
        "sigmoid-focal__balanced_loss": _Peer(
            build("loss", "sigmoid-focal:alpha=0.5", reduction="mean"),
            balanced_loss.Loss(loss_type="focal_loss", fl_gamma=2),
            factor=2.0,  # it has no alpha
        ),
        "asymmetric__timm": _Peer(
            build("loss", "asymmetric", num_classes=classes, reduction="mean"),
            AsymmetricLossSingleLabel(gamma_pos=0, gamma_neg=4, eps=0.1),
        ),
    }


def _sigmoid_focal() -> nn.Module:
    return build("loss", "sigmoid-focal", reduction="mean")


def _weighted(counts: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
    """Cross-entropy times the weights of the effective number, a mean over samples as that package takes it."""
    weights = build("weights", f"effective:beta={_BETA}", class_counts=counts, epochs=1)(0).float()
    loss = build("loss", "ce", num_classes=len(counts), reduction="none")
    return lambda logits, targets: (weights[targets] * loss(logits, targets)).mean()
