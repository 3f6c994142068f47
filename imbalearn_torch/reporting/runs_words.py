"""What a page for several runs says in plain words: who is ahead, and what weakens that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imbalearn_torch.reporting.labels import isolated
from imbalearn_torch.reporting.means import mean
from imbalearn_torch.reporting.record import RunRecord
from imbalearn_torch.reporting.words import PROTOCOL, decimal

__all__ = ["runs_verdict", "runs_warnings"]

Methods = Mapping[str, Sequence[RunRecord]]

# The optimiser of a finished run is filled in: its rates are in it.
_FILLED_IN = {"lr", "weight_decay"}
_SAME = {"data": "test data", "imbalance": "imbalance", "val_fraction": "validation cut"}


def runs_verdict(methods: Methods, record: Mapping[str, Any] | None) -> str:
    """Which method has the best macro-F1 and how that stands to the first one.

    Args:
        methods: By name, their finished runs.
        record: What leaderboard.json of a comparison holds; None: there is none.
    """
    figures = {
        name: mean([run.result["metrics"]["test"]["macro_f1"] for run in runs]) for name, runs in methods.items()
    }
    known = {name: value for name, value in figures.items() if value is not None}
    if not known:
        return "No run has a figure of test images."
    best, first = max(known, key=lambda name: known[name]), next(iter(known))
    reference = first if record is None else record["rows"][0]["name"]
    said = f"“{isolated(best)}” has the highest macro-F1, {decimal(known[best])}"
    if reference not in known:
        return f"{said}; the first method, “{isolated(reference)}”, has no figure, so there is no difference to it."
    if len(known) == 1:
        return f"{said}."
    if best == first:
        second = sorted(known, key=lambda name: -known[name])[1]
        return f"{said}, and is the first method; “{isolated(second)}” follows with {decimal(known[second])}."
    return f"{said}; the first method, “{isolated(first)}”, has {decimal(known[first])}. {_weight(best, record)}"


def _weight(best: str, record: Mapping[str, Any] | None) -> str:
    """How sure the difference of a method to the first one is."""
    rows = [] if record is None else record["rows"]
    found: Mapping[str, Any] = next(
        (row["difference"]["macro_f1"] for row in rows if row["name"] == best and row["difference"]), {}
    )
    low, high = found.get("low"), found.get("high")
    if low is None or high is None:
        return "Nothing is known about how other seeds would differ."
    span = f"over seeds, the 95 % interval of the difference goes from {100 * low:+.1f} to {100 * high:+.1f} points"
    # The best of several was looked for, so the interval alone is too sure of it.
    is_more = low > 0 and found.get("p") is not None and found["p"] < 0.05
    return f"{span[0].upper()}{span[1:]}, so it {'is more than chance' if is_more else 'may be chance'}."


def runs_warnings(methods: Methods, alike: int) -> list[str]:
    """What the runs warn of, each sentence once, and in what they cannot be compared.

    Args:
        methods: By name, their finished runs.
        alike: How many of them have the classes of the first one.
    """
    found: dict[str, dict[str, None]] = {}
    for name, runs in methods.items():
        for run in runs:
            for sentence in run.result.get("warnings") or ():
                found.setdefault(sentence, {})[name] = None
    sentences = [
        text if len(names) == len(methods) else f"{', '.join(map(isolated, names))}: {text}"
        for text, names in found.items()
    ]
    different = [words for key, words in _SAME.items() if len({_values(runs, key) for runs in methods.values()}) > 1]
    if different:
        sentences.append(f"the runs differ in {', '.join(different)}: their figures are not of the same task")
    elif _have_other_subsets(methods):
        sentences.append("the methods are trained on different subsets of the same images, each chosen by its seed")
    sentences += [
        f"the methods differ in {field.replace('_', ' ')}: {'; '.join(values)}"
        for field in PROTOCOL
        if field not in _FILLED_IN
        and len(values := dict.fromkeys(", ".join(sorted(_values(runs, field))) for runs in methods.values())) > 1
    ]
    if len(methods) > 1 and max(map(len, methods.values())) == 1:
        sentences.append("each method has one run: another seed may change the order")
    if alike < len(methods):
        sentences.append("figures by class leave out the runs whose classes are not those of the first run")
    return sentences


def _have_other_subsets(methods: Methods) -> bool:
    """Whether the seeds have chosen other images; a profile that keeps every image leaves nothing to choose."""
    is_whole = all(_values(runs, "imbalance") == {"none"} for runs in methods.values())
    return not is_whole and len({_values(runs, "subset_seed") for runs in methods.values()}) > 1


def _values(runs: Sequence[RunRecord], key: str) -> frozenset[str]:
    """What the runs of one method have of a setting: each seed may have a subset of its own, as long as all have it."""
    return frozenset(str(run.result["config"].get(key)) for run in runs)
