"""Offsets of the classes' logits that maximise a figure: coordinate ascent, each step the best on a whole line."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_builtins.adjusters.objective import Objective
from imbalearn_builtins.samplers.class_draw import class_order

__all__ = ["best_offsets"]

_SWEEPS = 20
_SMALL = 50_000  # up to so many logits the search is thorough
_CLIMBS = 60  # along one axis at most, from further starting points
_ENOUGH = 1e-3  # a sweep over more logits than that must gain so much to be followed by another
_EXACT = 1e-10


def best_offsets(logits: Tensor, targets: Tensor, objective: Objective) -> Tensor:
    """Offsets by which the logits have the largest figure; of those that were found, the ones nearest to 0.

    One sweep finds the best threshold for two classes. For more it climbs to a maximum along every axis. Small data are
    climbed from several starting points: none, the logarithms of how rare the classes are, and points around these
    drawn from torch's default generator.

    Args:
        logits: float64 `[N, K]`.
        targets: int64 `[N]`, every class occurs.
        objective: To be maximised.

    Returns:
        float64 `[K]`, with mean 0.
    """
    classes = logits.shape[1]
    best, most = logits.new_zeros(classes), objective.value(targets, logits.argmax(dim=1))
    is_small, restarts = logits.numel() <= _SMALL, min(_CLIMBS, _SMALL // targets.numel()) // classes
    starts = [best] if classes > 1 else []
    if classes > 2 and is_small:
        rarity = -objective.images.log()
        spread = (logits - logits.mean(dim=1, keepdim=True)).std()
        starts += [rarity]
        starts += [rarity * (number % 2) + spread * torch.randn(classes).double() for number in range(restarts)]
    for start in starts:
        offsets = _climbed(logits, targets, objective, start - start.mean(), _EXACT if is_small else _ENOUGH)
        value = objective.value(targets, (logits + offsets).argmax(dim=1))
        if value > most + _EXACT or (value > most - _EXACT and offsets.norm() < best.norm()):
            best, most = offsets, value
    return best


def _climbed(logits: Tensor, targets: Tensor, objective: Objective, start: Tensor, enough: float) -> Tensor:
    """Move one offset after the other to where the figure is largest, until a sweep over all gains too little.

    Then they are moved back towards 0 as far as that costs nothing: what is not needed may do harm elsewhere.
    """
    scores = _Scores(logits, start)
    axes = range(1 if logits.shape[1] == 2 else 0, logits.shape[1])  # of two classes only the difference matters
    for _ in range(_SWEEPS):
        gained = 0.0
        for label in axes:
            step, gain = _best_step(objective, label, targets, scores, 0.0)
            scores.move(label, step)
            gained += gain
        if gained <= enough:
            break
    for label in axes:
        scores.move(label, _best_step(objective, label, targets, scores, -float(scores.offsets[label]))[0])
    return scores.offsets - scores.offsets.mean()


def _best_step(
    objective: Objective, label: int, targets: Tensor, scores: _Scores, towards: float
) -> tuple[float, float]:
    """By how much to move the offset of a class, and what that gains; of the best steps that nearest to `towards`."""
    rivals, needed = scores.rivals(label)
    order = needed.argsort(stable=True)
    edges = needed[order]
    values = _values_along(objective, label, targets[order], rivals[order])
    margin = max(float(edges[-1] - edges[0]) / edges.numel(), 1e-3)
    low = torch.cat([edges[:1] - 2 * margin, edges])
    high = torch.cat([edges, edges[-1:] + 2 * margin])
    values = torch.where(low < high, values, -torch.inf)  # images with one and the same edge move together
    most = values.max()
    near = int(torch.where(values >= most - _EXACT, _gap(low, high, towards), torch.inf).argmin())
    step = float(low[near] + high[near]) / 2
    # On an edge it is not: images there would go to whichever class comes first.
    if (near == 0 or low[near] < towards) and (near == len(edges) or towards < high[near]):
        step = towards
    return step, float(most - values[_gap(low, high, 0.0).argmin()])


def _gap(low: Tensor, high: Tensor, point: float) -> Tensor:
    """How far a point is from each interval; the outer two have no end."""
    gap = torch.maximum(low - point, point - high).clamp_min(0)
    gap[0], gap[-1] = (point - high[0]).clamp_min(0), (low[-1] - point).clamp_min(0)
    return gap


def _values_along(objective: Objective, label: int, targets: Tensor, rivals: Tensor) -> Tensor:
    """The sum that the objective maximises, up to a constant, when 0, 1, ..., N images have gone to a class, `[N + 1]`.

    Args:
        objective: To be maximised.
        label: The class that gains images.
        targets: int64 `[N]`, in the order in which the images go.
        rivals: What they are predicted as before, int64 `[N]`.
    """
    zero = objective.images.new_zeros(1)
    if objective.costs is not None:
        gains = objective.costs[targets, rivals] - objective.costs[targets, label]
        return torch.cat([zero, gains.cumsum(0) / targets.numel()])
    size, classes = targets.numel(), objective.images.numel()
    hits = torch.bincount(rivals[rivals == targets], minlength=classes)
    predicted = torch.bincount(rivals, minlength=classes)
    # Rival by rival: how many of its images, and of its hits, have gone with each image.
    group = class_order(rivals, predicted).long()
    rival, is_hit = rivals[group], (rivals == targets)[group].long()
    gone = torch.arange(1, size + 1) - (predicted.cumsum(0) - predicted)[rival]
    hits_gone = is_hit.cumsum(0) - (hits.cumsum(0) - hits)[rival]
    after = objective.terms(rival, hits[rival] - hits_gone, predicted[rival] - gone)
    before = objective.terms(rival, hits[rival] - hits_gone + is_hit, predicted[rival] - gone + 1)
    lost = torch.empty_like(after)
    lost[group] = after - before
    own_hits = torch.cat([zero.long(), (targets == label).long().cumsum(0)])
    own = objective.terms(torch.tensor(label), own_hits, torch.arange(size + 1))
    return own + torch.cat([zero, lost.cumsum(0)])


class _Scores:
    """Logits with their offsets, and the two largest of each image, kept up to date.

    Args:
        logits: float64 `[N, K]`.
        start: The first offsets, float64 `[K]`.
    """

    def __init__(self, logits: Tensor, start: Tensor) -> None:
        self.offsets = start.clone()
        self._values = (logits + start).T.contiguous()  # [K, N]: one class is read and written at a time
        self._top, self._labels = self._values.topk(2, dim=0)

    def rivals(self, label: int) -> tuple[Tensor, Tensor]:
        """The best other class of each image, int64 `[N]`, and by how much it is ahead, `[N]`."""
        is_first = self._labels[0] == label
        rivals = torch.where(is_first, self._labels[1], self._labels[0])
        return rivals, torch.where(is_first, self._top[1], self._top[0]) - self._values[label]

    def move(self, label: int, step: float) -> None:
        """Add to the offset of a class."""
        if not step:
            return
        self.offsets[label] += step
        row = self._values[label].add_(step)
        changed = ((row > self._top[1]) | (self._labels == label).any(dim=0)).nonzero()[:, 0]
        self._top[:, changed], self._labels[:, changed] = self._values[:, changed].topk(2, dim=0)
