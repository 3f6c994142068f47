"""The plain epoch: every image once, in random order."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from imbalearn_torch import errors

__all__ = ["InstanceSampler", "read_targets"]

_COUNTABLE = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)  # what torch.bincount takes


def read_targets(targets: Tensor | Sequence[int], num_classes: int | None) -> Tensor:
    """Labels as a tensor on the CPU, in their own integer type, for a tensor of 10^8 labels is not to be widened.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the largest label + 1.

    Raises:
        DataError: They are no integers, none at all, not of one dimension, or not in 0..K-1.
    """
    try:
        labels = torch.as_tensor(targets).detach().cpu()
    except (TypeError, ValueError, RuntimeError) as error:
        raise errors.DataError(
            f"Expected `targets` to be integers [N], but got {type(targets).__name__}: {error}"
        ) from None
    if labels.numel() == 0:
        raise errors.DataError("Expected `targets` to hold at least one label, but got none")
    if labels.dim() != 1 or labels.is_floating_point() or labels.is_complex():
        raise errors.DataError(f"Expected `targets` to be integers [N], but got {labels.dtype} {list(labels.shape)}")
    if labels.dtype not in _COUNTABLE:
        labels = labels.long()
    least, most = (int(end) for end in torch.aminmax(labels))
    if least < 0 or (num_classes is not None and most >= num_classes):
        last = "" if num_classes is None else f"..{num_classes - 1}"
        wrong = least if least < 0 else most
        raise errors.DataError(f"Expected `targets` to lie in 0{last}, but got the label {wrong}")
    return labels


class InstanceSampler:
    """Visits every image once an epoch, in random order.

        p_c = n_c / N

    An epoch longer than N goes on with a further permutation, a shorter one is cut.

    Shapes: targets `[N]`; a plan is int64 `[M]` of indices in 0..N-1, on the CPU.

    Args:
        targets: Labels, `[N]`.
        num_classes: K; None: the largest label + 1.
        epochs: Epochs of the training, of which `start` is a fraction.
        start: As for every sampler, the fraction of training before which it draws as `instance`: no matter here.
        epoch_size: Indices an epoch, M; None: N.

    Raises:
        DataError: `targets` are empty or no labels of K classes.
        OptionError: `epoch_size` is below 1, or `start` outside [0, 1].

    >>> plan = InstanceSampler(targets=[0, 0, 1]).plan(0, torch.Generator().manual_seed(0))
    >>> sorted(plan.tolist())
    [0, 1, 2]
    """

    def __init__(
        self,
        *,
        targets: Tensor | Sequence[int],
        num_classes: int | None = None,
        epochs: int = 1,
        start: float = 0.0,
        epoch_size: int | None = None,
    ) -> None:
        if not 0 <= start <= 1:
            raise errors.OptionError(f"Expected `start` to be in [0, 1], but got {start}")
        labels = read_targets(targets, num_classes)
        if epoch_size is not None and epoch_size < 1:
            raise errors.OptionError(f"Expected `epoch_size` to be >= 1, but got {epoch_size}")
        self.first_epoch = round(start * epochs)
        self.class_counts = torch.bincount(labels, minlength=num_classes or 0)
        self.epoch_size = labels.numel() if epoch_size is None else epoch_size

    def plan(self, epoch: int, generator: torch.Generator) -> Tensor:
        """The indices of one epoch, int64 `[M]`, drawn from a CPU generator."""
        size = int(self.class_counts.sum())
        plan = torch.empty(self.epoch_size, dtype=torch.int64)
        for part in plan.split(size):
            part.copy_(torch.randperm(size, generator=generator)[: part.numel()])
        return plan

    def class_distribution(self, epoch: int) -> Tensor:
        """The distribution over classes that an epoch is drawn from, float64 `[K]`."""
        return self.class_counts.double() / self.class_counts.sum()
