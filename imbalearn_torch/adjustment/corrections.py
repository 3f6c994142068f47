"""What adjusters add to the corrections of a run: more than was left to correct, or nothing."""

from __future__ import annotations

from torch import Tensor

from imbalearn_torch.adjustment.adjust import Adjusted, effect_name, needs_of
from imbalearn_torch.data.stats import DoubleCorrection, double_correction, shifts_of
from imbalearn_torch.training.step import removed_share

__all__ = ["corrections_after"]


def corrections_after(
    counts: Tensor, before: dict[str, Tensor], adjusted: Adjusted
) -> tuple[DoubleCorrection | None, list[str]]:
    """Whether run and adjusters together correct more than once, and sentences on adjusters with nothing left to do.

    Args:
        counts: Training counts `[K]`.
        before: By part of the run, the log of what it multiplies each class's prior by, `[K]`.
        adjusted: What the adjusters have done.
    """
    if not adjusted.effects:
        return None, []
    return double_correction(counts, before | adjusted.effects), _idle(counts, before, adjusted)


def _idle(counts: Tensor, before: dict[str, Tensor], adjusted: Adjusted) -> list[str]:
    """A sentence on each adjuster that removes a prior which is gone; one that learns on training data may still help.

    It does no harm, since it is told what is left. But the user asked for a correction that would have been the second.
    """
    sentences, seen = [], dict(before)
    for number, adjuster in enumerate(adjusted.adjusters, start=1):
        name = effect_name(number, adjuster)
        if name not in adjusted.effects:
            continue
        gap, shifts = shifts_of(counts, seen)
        _, own = shifts_of(counts, {name: adjusted.effects[name]})
        already = [part for part, shift in shifts.items() if shift > 1e-6]
        wanted = removed_share(adjuster) * gap
        if already and wanted > 0.05 and abs(own[name]) <= 1e-6 and "train" not in needs_of(adjuster):
            sentences.append(
                f"{name} has nothing left to correct after {' and '.join(already)}, and is told so: with the prior of "
                f"the training counts it would favour the rarest class by {wanted:.2f} in log-odds over the most "
                "frequent one"
            )
        seen[name] = adjusted.effects[name]
    return sentences
