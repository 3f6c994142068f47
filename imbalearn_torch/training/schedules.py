"""Learning-rate schedules by option string, a value a step; warm-up and milestones are fractions of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.errors import OptionError
from imbalearn_torch.plugin.spec import Component
from imbalearn_torch.plugin.table import Table

if TYPE_CHECKING:
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LRScheduler

__all__ = ["SCHEDULES", "constant", "cosine", "multistep", "one_cycle"]


def _fraction(name: str, value: float) -> float:
    if not 0 <= value < 1:
        raise OptionError(f"Expected `{name}` to be a fraction of the run in [0, 1), but got {value}")
    return value


def _warmed(optimizer: Optimizer, steps: int, warmup: float, main: LRScheduler) -> LRScheduler:
    """`main` behind a linear warm-up, the two as one scheduler."""
    from torch.optim.lr_scheduler import ChainedScheduler, LinearLR

    ramp = round(_fraction("warmup", warmup) * steps)
    if ramp < 1:
        return main
    return ChainedScheduler(
        [LinearLR(optimizer, start_factor=1 / (ramp + 1), total_iters=ramp), main], optimizer=optimizer
    )


def constant(*, optimizer: Optimizer, steps: int, warmup: float = 0.0) -> LRScheduler:
    """The peak learning rate throughout.

    Args:
        optimizer: What is scheduled.
        steps: Of the whole run.
        warmup: Fraction of the run over which the rate rises linearly.
    """
    from torch.optim.lr_scheduler import ConstantLR

    return _warmed(optimizer, steps, warmup, ConstantLR(optimizer, factor=1.0))


def cosine(*, optimizer: Optimizer, steps: int, warmup: float = 0.05) -> LRScheduler:
    """Half a cosine from the peak to 0 (Loshchilov 2017, arXiv:1608.03983).

    Args:
        optimizer: What is scheduled.
        steps: Of the whole run.
        warmup: Fraction of the run over which the rate rises linearly.
    """
    from torch.optim.lr_scheduler import CosineAnnealingLR

    return _warmed(optimizer, steps, warmup, CosineAnnealingLR(optimizer, T_max=steps))


def multistep(
    *,
    optimizer: Optimizer,
    steps: int,
    milestones: tuple[float, ...] = (0.5, 0.75),
    gamma: float = 0.1,
    warmup: float = 0.0,
) -> LRScheduler:
    """The rate times `gamma` at each milestone.

    Args:
        optimizer: What is scheduled.
        steps: Of the whole run.
        milestones: Fractions of the run.
        gamma: The factor, > 0.
        warmup: Fraction of the run over which the rate rises linearly.
    """
    from torch.optim.lr_scheduler import MultiStepLR

    if gamma <= 0:
        raise OptionError(f"Expected `gamma` to be > 0, but got {gamma}")
    at = [round(_fraction("milestones", each) * steps) for each in milestones]
    return _warmed(optimizer, steps, warmup, MultiStepLR(optimizer, milestones=at, gamma=gamma))


def one_cycle(*, optimizer: Optimizer, steps: int, warmup: float = 0.2) -> LRScheduler:
    """A linear rise to the peak and a linear fall to 0 (Smith 2019, arXiv:1708.07120).

    Args:
        optimizer: What is scheduled.
        steps: Of the whole run.
        warmup: Fraction of the run that rises.
    """
    from torch.optim.lr_scheduler import OneCycleLR

    # One step more than are taken: the last update should not be made with a rate of 0.
    total = steps + 1
    rise = _fraction("warmup", warmup)
    return OneCycleLR(
        optimizer,
        max_lr=[group["lr"] for group in optimizer.param_groups],
        total_steps=total,
        pct_start=rise if rise * total > 1 else 0.0,  # a rise of exactly one step makes torch divide by 0
        anneal_strategy="linear",
        cycle_momentum=False,
        final_div_factor=1e9,
    )


_HERE = "imbalearn_torch.training.schedules"
SCHEDULES = Table(
    "schedule",
    ("optimizer", "steps"),
    (
        Component(
            name="one-cycle",
            factory=f"{_HERE}:one_cycle",
            summary="Up and down in straight lines.",
            reference="arXiv:1708.07120",
        ),
        Component(
            name="cosine",
            factory=f"{_HERE}:cosine",
            summary="Half a cosine with warm-up.",
            reference="arXiv:1608.03983",
        ),
        Component(name="multistep", factory=f"{_HERE}:multistep", summary="A factor at each milestone."),
        Component(name="constant", factory=f"{_HERE}:constant", summary="The peak throughout."),
    ),
)
