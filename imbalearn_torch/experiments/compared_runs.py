"""What a comparison reads from its runs: figures, test predictions, and what their results warn of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from imbalearn_torch.errors import CheckpointError
from imbalearn_torch.experiments.stored_result import as_written, stored_arrays

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["TestLabels", "figures_of", "result_warnings", "same_test", "test_labels"]

_TEST = (
    "accuracy",
    "balanced_accuracy",
    "macro_f1",
    "gmean",
    "worst_class_recall",
    "mcc",
    "top5",
    "macro_auprc",
    "macro_auroc",
    "log_loss",
    "ece",
)
_GROUPS = ("many", "medium", "few")
_SECONDS = ("train_seconds", "total_seconds")
# What decides which images a run is trained on.
_IMAGES = ("data", "imbalance", "val_fraction", "subset_seed")


class TestLabels(NamedTuple):
    """The test part of a run.

    Args:
        targets: int64 `[N]`.
        predictions: int64 `[N]`, of the final predictor.
        num_classes: K.
    """

    targets: NDArray[np.int64]
    predictions: NDArray[np.int64]
    num_classes: int


def figures_of(result: Mapping[str, Any] | None) -> dict[str, float | None]:
    """The figures of one run that a comparison has columns for; None where there is no value.

    Args:
        result: What result.json holds; None for a run that failed.
    """
    if result is None:
        return dict.fromkeys((*_TEST, *(f"recall_{group}" for group in _GROUPS), *_SECONDS))
    test = result["metrics"]["test"]
    figures = {name: test.get(name) for name in _TEST}
    figures |= {f"recall_{group}": test["groups"][group]["recall"] for group in _GROUPS}
    return figures | {name: result["timing"][name] for name in _SECONDS}


def test_labels(folder: Path, result: Mapping[str, Any] | None) -> TestLabels | None:
    """What a run predicted for the test images; None where it has stored only what an adjuster then changed.

    Raises:
        CheckpointError: The file cannot be read.
    """
    file = folder / "predictions.npz"
    try:
        with as_written(file):
            arrays = stored_arrays(file)
            targets = arrays["test_targets"]
            classes = int(arrays["test_logits"].shape[1])
            if "test_predictions" in arrays:
                return TestLabels(targets, arrays["test_predictions"], classes)
            if result is not None and result["config"]["adjust"]:
                return None
            return TestLabels(targets, arrays["test_logits"].argmax(axis=1), classes)
    except CheckpointError as error:
        raise CheckpointError(f"{error}; delete its folder to repeat the run") from error


def result_warnings(results: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """What the finished runs warn of, each sentence once, with the methods that it is about.

    Args:
        results: By name of the method, what its result.json files hold, in the order of the seeds.
    """
    about: dict[str, dict[str, None]] = {}
    finished = [name for name, several in results.items() if several]
    for name, several in results.items():
        for result in several:
            sentences = list(result["warnings"])
            if result["metrics"]["val"] is None:
                sentences.append("nothing was held out for validation")
            for sentence in sentences:
                about.setdefault(sentence, {})[name] = None
    found = [
        sentence if len(names) == len(finished) else f"{', '.join(names)}: {sentence}"
        for sentence, names in about.items()
    ]
    return found + _other_images(results) + _other_environments(results)


def _other_images(results: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Whether the methods have seen the same images, seed by seed."""
    by_seed: dict[int, list[Mapping[str, Any]]] = {}
    for several in results.values():
        for result in several:
            by_seed.setdefault(result["config"]["seed"], []).append(result)
    found = []
    for field in _IMAGES:
        values = [{json.dumps(each["config"].get(field)) for each in some} for some in by_seed.values()]
        if any(len(each) > 1 for each in values):
            shown = ", ".join(sorted(set().union(*values)))
            found.append(f"the methods are trained on different images: {field.replace('_', ' ')} {shown}")
    if not found and any(len({json.dumps(_counts(each)) for each in some}) > 1 for some in by_seed.values()):
        found.append("the methods are trained on different images: the data have changed between their runs")
    if not all(same_test(each, some[0]) for some in by_seed.values() for each in some):
        found.append("methods that are tested on other data than the first one have no difference to it")
    return found


def _counts(result: Mapping[str, Any]) -> list[list[int]]:
    """Images of each class in each part, as the data came."""
    data = result["data"]
    return [data.get("original_train_counts") or data["train_counts"], data["val_counts"], data["test_counts"]]


def same_test(result: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two runs were tested on the same images, as far as their results tell."""
    return (result["config"]["data"], result["data"]["test_counts"]) == (
        other["config"]["data"],
        other["data"]["test_counts"],
    )


def _other_environments(results: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    environments = [result["environment"] for several in results.values() for result in several]
    fields = dict.fromkeys(name for each in environments for name in each)
    found = []
    for field in fields:
        values = list(dict.fromkeys(str(each.get(field)) for each in environments))
        if len(values) > 1:
            found.append(f"the runs were made with different {field}: {', '.join(values)}")
    return found
