"""How a run of a recipe stands to the figures that were published for it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.errors import CheckpointError, ConfigError
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.recipes import Recipe, Reference
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.plugin.grammar import parse_spec
from imbalearn_torch.plugin.registry import Registry

__all__ = ["QUICK_EPOCHS", "comparable", "judged", "protocol_differences", "quick_values"]

QUICK_EPOCHS = 2
_QUICK_IMAGES = 200  # of the most frequent class
# What decides neither the figure nor what it is compared with.
_NO_PROTOCOL = {
    *("data", "seed", "subset_seed", "device", "threads", "loader", "workers"),
    *("channels_last", "checkpoint_every", "checkpoint_minutes", "checkpoint_keep", "recipe", "imbalance"),
}
_METRICS = {"top-1 %": ("accuracy", 100.0), "macro-F1": ("macro_f1", 1.0)}


def quick_values(values: dict[str, Any], given: set[str]) -> dict[str, Any]:
    """The configuration for a look whether everything works: two epochs, few images.

    Args:
        values: Of the recipe and what stands over it.
        given: Fields that the user has given, which win.
    """
    changed = dict(values)
    if "epochs" not in given:
        changed["epochs"] = QUICK_EPOCHS
    imbalance = values.get("imbalance")
    if "imbalance" not in given and imbalance is not None:
        profile = PROFILES.resolve(imbalance)
        if "n_max" in profile.options:
            most = min(_QUICK_IMAGES, profile.options["n_max"] or _QUICK_IMAGES)
            changed["imbalance"] = str(replace(profile, options={**profile.options, "n_max": most}))
        elif profile.component.name == "none":
            changed["imbalance"] = f"step:ratio=1,head=1,n_max={_QUICK_IMAGES}"
    return changed


def comparable(recipe: Recipe, config: RunConfig, imbalance: str | None = None) -> list[Reference]:
    """The figures reported for the data and the imbalance of a configuration.

    Data given by a path are taken to be those of the recipe.

    Args:
        recipe: The recipe.
        config: Resolved.
        imbalance: The profile that counts instead of the configuration's.

    Raises:
        ConfigError: There is none; those that there are are listed.
    """
    spec = parse_spec(str(config.data))
    name = spec.name.rpartition("/")[2]
    is_path = any(Path(str(value)).is_absolute() for value in spec.options.values())
    is_reported = name in {each.data for each in recipe.reference}
    data = str(recipe.run.get("data", name)) if is_path and not is_reported else name
    profile = str(PROFILES.resolve(imbalance or config.imbalance or "none"))
    found = [
        each
        for each in recipe.reference
        if each.data == data and str(PROFILES.resolve(each.imbalance)) == profile and each.metric in _METRICS
    ]
    if not found:
        reported = "; ".join(map(str, recipe.reference)) or "none"
        raise ConfigError(
            [f"no figure is reported for recipe {recipe.name!r} on {data} {profile} (there are: {reported})"]
        )
    return found


def protocol_differences(recipe: Recipe, config: RunConfig, known: Registry) -> list[dict[str, Any]]:
    """What was run otherwise than the recipe says: `option`, `recipe`, `here`.

    Args:
        recipe: The recipe.
        config: As it was asked for, components in full spelling.
        known: Where components are looked up.
    """
    wanted = resolve_run(RunConfig(**{**recipe.run, "data": "digits"}), known).asked
    # A finished run says which precision the machine has chosen.
    free = _NO_PROTOCOL | ({"precision"} if wanted.precision == "auto" else set())
    return [
        {"option": name, "recipe": getattr(wanted, name), "here": getattr(config, name)}
        for name in RunConfig.model_fields
        if name not in free and getattr(wanted, name) != getattr(config, name)
    ]


def judged(references: Sequence[Reference], result: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """Each reported figure beside ours.

    Args:
        references: As `comparable` gives them.
        result: Of the finished run.
        folder: Of the run.

    Returns:
        For each `metric`, `published` (lowest and highest), `ours`, `low` and `high` (95 %, of the test images drawn
        anew), `standing` (`below` where the whole interval is, `within` where only the figure is, else `reached`),
        `source`, `note` and `checked`.
    """
    rows = []
    for reference in references:
        name, factor = _METRICS[reference.metric]
        ours = factor * result["metrics"]["test"][name]
        low, high = (factor * each for each in _interval(name, folder))
        least = min(reference.values)
        standing = "reached" if ours >= least else "within" if high >= least else "below"
        rows.append(
            {
                **reference.model_dump(
                    mode="json", include={"data", "imbalance", "metric", "source", "note", "checked"}
                ),
                "published": [least, max(reference.values)],
                "ours": ours,
                "low": low,
                "high": high,
                "standing": standing,
            }
        )
    return rows


def _interval(metric: str, folder: Path) -> tuple[float, float]:
    """Of one run, by its test images; that of seeds is not in it."""
    import numpy as np

    from imbalearn_torch.metrics.bootstrap import bootstrap_macro_f1
    from imbalearn_torch.metrics.intervals import wilson

    confusion = _confusion(folder / "confusion.csv")
    if metric == "accuracy":
        return wilson(int(np.trace(confusion)), int(confusion.sum())) or (0.0, 1.0)
    classes = len(confusion)
    targets, predictions = np.divmod(np.repeat(np.arange(classes**2), confusion.ravel()), classes)
    # Beside a predictor that is always wrong, whose macro-F1 is 0, the difference is the figure itself.
    wrong = (targets + 1) % classes
    found = bootstrap_macro_f1(targets, [predictions], [wrong], num_classes=classes)
    return (0.0, 1.0) if found is None else (found.low, found.high)


def _confusion(file: Path) -> Any:
    import numpy as np

    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines))
        return np.array([[int(cell) for cell in row[1:]] for row in rows[1:]], dtype=np.int64)
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{file} cannot be read: {error}") from error
