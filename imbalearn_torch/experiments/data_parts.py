"""The parts of a data set as a run would use them, before any image is decoded, and what can be said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.prepare import decode, select
from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.data.selection import Part
from imbalearn_torch.errors import DataError
from imbalearn_torch.experiments.make_dataset import make_dataset
from imbalearn_torch.experiments.open_data import data_root
from imbalearn_torch.experiments.recommend import recommend
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.metrics.imbalance import imbalance_figures
from imbalearn_torch.types import Dataset

__all__ = ["DataParts", "choose_parts", "describe_data"]


@dataclass(frozen=True)
class DataParts:
    """A data set with its training part thinned and its test part cut as a run would.

    Args:
        data: Its spelling.
        imbalance: The profile, in full spelling.
        classes: Their names.
        parts: `train`, `test` and, where the data set has one, `validation`.
        cut: Whether the test part was cut from the training part.
        warnings: Sentences for the user.
    """

    data: str
    imbalance: str
    classes: tuple[str, ...]
    parts: Mapping[str, Part]
    cut: bool
    warnings: tuple[str, ...]

    def counts(self, part: str) -> list[int]:
        """Images of each class."""
        return self.parts[part].counts(len(self.classes)).tolist()


def choose_parts(dataset: Dataset, run: ResolvedRun) -> DataParts:
    """Check the record, thin the training part and cut a test part where there is none.

    Args:
        dataset: As its factory returned it.
        run: The resolved configuration; only `data`, `imbalance` and `subset_seed` count.

    Raises:
        DataError: The data are inconsistent, or the profile does not fit them.
    """
    warnings = check_dataset(dataset)
    imbalance = PROFILES.resolve(run.config.imbalance or dataset.imbalance)
    seed = run.config.subset_seed or 0
    chosen = select(dataset, imbalance=imbalance, subset_seed=seed, seed=seed, val_fraction=0.0)
    parts = {"train": chosen.train, "test": chosen.test}
    if dataset.validation is not None:
        parts["validation"] = Part.whole(dataset.validation)
    return DataParts(
        str(run.config.data),
        str(imbalance),
        dataset.classes,
        parts,
        cut=dataset.test is None,
        warnings=(*run.warnings, *warnings, *chosen.warnings),
    )


def describe_data(run: ResolvedRun, given: Mapping[str, str], plugin_files: Sequence[str] = ()) -> dict[str, Any]:
    """What `imbalearn data show` tells.

    Args:
        run: The resolved configuration; only `data`, `imbalance` and `subset_seed` count.
        given: The same as the user spelled it, for the command that is recommended.
        plugin_files: Which the command needs.

    Raises:
        DataError: The data are missing, unreadable or inconsistent.
    """
    dataset, unreadable = make_dataset(run, data_root())
    if unreadable is not None:
        raise unreadable
    found = choose_parts(dataset, run)
    counts = {name: found.counts(name) for name in found.parts}
    train = found.parts["train"]
    if not train.indices.numel():
        raise DataError(f"the training part of data set {found.data!r} has no image")
    shape = list(decode(train.source.inputs, train.indices[:1]).shape[1:])
    figures = imbalance_figures(counts["train"])
    return {
        "data": found.data,
        "imbalance": found.imbalance,
        "classes": list(found.classes),
        "counts": counts,
        "test_is_cut": found.cut,
        "shape": shape,
        **{name: figures[name] for name in ("images", "largest", "smallest", "ratio", "gini", "absent", "groups")},
        "recommendation": recommend(counts["train"], given, plugin_files),
        "warnings": list(found.warnings),
    }
