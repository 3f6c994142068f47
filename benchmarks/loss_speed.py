"""Every built-in loss beside torch's cross-entropy: one thread, logits [1024, 1000] in float32, class counts 1000 to 5.

`forward` and `both` (forward and backward) are ratios of the shortest of alternating runs, `arrays` how many arrays of
the size of the logits both passes together make (cross-entropy itself: 3).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from imbalearn_torch import build, registry
from imbalearn_torch.training.step import wants_features

_BATCH, _CLASSES, _WIDTH, _EPOCHS = 1024, 1000, 512, 10
_BOUNDS = {"ce": 1.2, "balanced-softmax": 1.2, "logit-adjusted": 1.2, "ldam": 1.6, "vs": 1.6, "cdt": 1.6}
_OTHERS = 3.0


def measure(quick: bool) -> dict[str, Any]:
    """By loss, with its default options: the ratios, the arrays, and the bound on `both`."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        names = [entry.name for entry in registry(plugins=False).entries("loss")]
        return {"losses": {name: _compare(name, 10 if quick else 50) for name in names}}
    finally:
        torch.set_num_threads(threads)


def _compare(name: str, runs: int) -> dict[str, Any]:
    ours, logits, targets = _prepared(name)

    def theirs() -> Tensor:
        return F.cross_entropy(logits, targets)

    forward = _shortest(runs, ours, theirs)
    both = _shortest(runs, lambda: _backward(ours, logits), lambda: _backward(theirs, logits))
    return {
        "forward": round(forward[0] / forward[1], 2),
        "both": round(both[0] / both[1], 2),
        "milliseconds": [round(1e3 * seconds, 3) for seconds in (*forward, *both)],
        "arrays": loss_arrays(name),
        "bound": _BOUNDS.get(name, _OTHERS),
    }


def loss_arrays(name: str) -> int:
    """How many arrays of the size of the logits a loss's forward and backward make together."""
    ours, logits, _ = _prepared(name)
    with CountedArrays(logits.untyped_storage().nbytes()) as arrays:
        _backward(ours, logits)
    return arrays.count


def _prepared(name: str) -> tuple[Callable[[], Tensor], Tensor, Tensor]:
    """The loss of a batch as something to call, and the batch: logits and targets."""
    torch.manual_seed(0)
    loss = _made(name)
    logits = torch.randn(_BATCH, _CLASSES)
    logits = (logits.tanh() if getattr(loss, "head", "linear") == "cosine" else logits).requires_grad_()
    targets = torch.randint(0, _CLASSES, (_BATCH,))
    told = {"features": torch.randn(_BATCH, _WIDTH, requires_grad=True)} if wants_features(loss) else {}
    return lambda: loss(logits, targets, **told), logits, targets


def _made(name: str) -> nn.Module:
    """The loss in the state of a last epoch, so that nothing that starts late is left out."""
    counts = torch.logspace(3, 0.7, _CLASSES).long()
    loss = build("loss", name, class_counts=counts, num_classes=_CLASSES, epochs=_EPOCHS, reduction="mean").float()
    told: Any = loss
    if hasattr(loss, "set_epoch"):
        told.set_epoch(_EPOCHS - 1)
    if hasattr(loss, "observe"):
        told.observe(torch.repeat_interleave(torch.arange(_CLASSES), counts))
    return loss


def _backward(forward: Callable[[], Tensor], logits: Tensor) -> None:
    logits.grad = None
    forward().backward()


def _shortest(runs: int, *works: Callable[[], object]) -> list[float]:
    """The shortest time of each, in seconds; they take turns."""
    best = [float("inf")] * len(works)
    for _ in range(runs):
        for each, work in enumerate(works):
            started = time.perf_counter()
            work()
            best[each] = min(best[each], time.perf_counter() - started)
    return best


class CountedArrays(TorchDispatchMode):
    """Counts the operations that are dispatched, and their results that are new memory of at least `size` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size, self.count, self.calls = size, 0, 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = {leaf.untyped_storage().data_ptr() for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)}
        result = func(*args, **(kwargs or {}))
        self.calls += 1
        for leaf in tree_leaves(result):
            if isinstance(leaf, Tensor):
                storage = leaf.untyped_storage()
                self.count += storage.data_ptr() not in given and storage.nbytes() >= self.size
        return result
