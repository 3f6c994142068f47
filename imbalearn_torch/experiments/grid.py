"""A grid of methods and the seeds that each of them is trained with. Imports no torch."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from imbalearn_torch.errors import ConfigError, OptionError
from imbalearn_torch.experiments.config import RunConfig, config_from_toml
from imbalearn_torch.experiments.recipes import load_recipe, recipe_label
from imbalearn_torch.plugin.grammar import split_outside

__all__ = [
    "Base",
    "Draft",
    "Replicate",
    "base_of_file",
    "base_of_recipe",
    "expand",
    "names_of",
    "or_default_methods",
    "replicates",
    "seeds_of",
]

_HOW = "expects a number of seeds, such as 3, or a list, such as 7,8"
_METHOD = ("sampler", "mix", "loss", "weights", "adjust")
_DEFAULT_LOSSES = ("ce", "balanced-softmax")
_MOST = 10_000  # seeds: who gives a larger number means one seed


class Base(NamedTuple):
    """What options stand on top of.

    Args:
        label: The recipe's name, or that of the file.
        on_top: From given fields of `RunConfig` to all values.
    """

    label: str
    on_top: Callable[[Mapping[str, Any]], dict[str, Any]]


class Draft(NamedTuple):
    """A method of the grid, not yet checked.

    Args:
        name: What tells it from the others.
        values: Fields of `RunConfig`.
    """

    name: str
    values: dict[str, Any]


class Replicate(NamedTuple):
    """One run of every method.

    Args:
        seed: Of everything.
        subset_seed: Of the images that the imbalance profile keeps; None: what the method says, else the seed.
    """

    seed: int
    subset_seed: int | None = None

    @property
    def values(self) -> dict[str, int]:
        """Fields of `RunConfig`."""
        subset = {} if self.subset_seed is None else {"subset_seed": self.subset_seed}
        return {"seed": self.seed, **subset}

    def __str__(self) -> str:
        return f"seed{self.seed}" + ("" if self.subset_seed is None else f"-subset{self.subset_seed}")


def base_of_recipe(name: str) -> Base:
    """A recipe as a base.

    Raises:
        ConfigError: There is none of that name, or it cannot be read.
    """
    recipe, recorded = load_recipe(name), {"recipe": recipe_label(name)}
    return Base(recipe.name, lambda given: recipe.on_top(given) | recorded)


def base_of_file(name: str) -> Base:
    """A saved `config.toml` as a base, called as the file, or for that of a run as its folder.

    Raises:
        ConfigError: It cannot be read.
    """
    file = Path(name)
    values = config_from_toml(file)
    return Base(file.absolute().parent.name if file.stem == "config" else file.stem, lambda given: values | dict(given))


def expand(given: Mapping[str, Sequence[Any]], bases: Sequence[Base] = ()) -> list[Draft]:
    """Every combination of the bases and of the alternatives of each option; the last option varies fastest.

    Args:
        given: By field of `RunConfig`, its alternatives, in the order in which they were given. Adjusters joined by
            `+` work one after the other, `none` is no adjuster.
        bases: What all of this stands on top of; none: the defaults.

    Raises:
        OptionError: A list of adjusters cannot be read.
    """
    varied = [field for field, alternatives in given.items() if len(alternatives) > 1]
    drafts = []
    for base in bases or [Base("", dict)]:
        for combination in itertools.product(*given.values()):
            chosen = dict(zip(given, combination, strict=True))
            label = [base.label] if bases and (len(bases) > 1 or not varied) else []
            # Without anything that varies, what was given says more than nothing.
            shown = varied if bases or varied else list(given)
            name = ", ".join([*label, *(f"{_flag(field)}={_words(chosen[field])}" for field in shown)])
            drafts.append(Draft(name or "defaults", base.on_top(_values(chosen))))
    return _distinct(drafts)


def or_default_methods(given: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """The alternatives of each option; where none says a method, plain training and balanced softmax.

    Args:
        given: As for `expand`, where nothing stands below.
    """
    named = any(given.get(field) for field in _METHOD) or any(len(values) > 1 for values in given.values())
    return dict(given) if named else {**given, "loss": _DEFAULT_LOSSES}


def _flag(field: str) -> str:
    return field.replace("_", "-")


def _values(chosen: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(chosen)
    if isinstance(values.get("adjust"), str):
        text = values["adjust"]
        values["adjust"] = () if text.strip().lower() == "none" else tuple(split_outside(text, "+"))
    return values


def _words(value: Any) -> str:
    """A setting as it was given; an object by its class."""
    if isinstance(value, (tuple, list)):
        return "+".join(map(_words, value)) or "none"
    if value is None or isinstance(value, (bool, int, float, str)):
        return str(value).strip().lower() if isinstance(value, bool) or value is None else str(value).strip()
    return type(value).__name__


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """Files of one name in two folders are told apart by a number."""
    seen: dict[str, int] = {}
    result = []
    for draft in drafts:
        seen[draft.name] = number = seen.get(draft.name, 0) + 1
        result.append(draft if number == 1 else draft._replace(name=f"{draft.name} ({number})"))
    return result


def names_of(configs: Sequence[RunConfig]) -> list[str]:
    """Names for configurations made in Python: the fields in which they differ."""
    fields = [name for name in RunConfig.model_fields if name not in {"seed", "subset_seed"}]
    differ = [name for name in fields if any(getattr(each, name) != getattr(configs[0], name) for each in configs)]
    shown = differ or ["loss"]
    drafts = [
        Draft(", ".join(f"{_flag(name)}={_words(getattr(each, name))}" for name in shown), {}) for each in configs
    ]
    return [draft.name for draft in _distinct(drafts)]


def seeds_of(given: str | int | Sequence[int]) -> tuple[int, ...]:
    """`"3"` and 3 are 0, 1, 2; `"7,8"` and [7, 8] are themselves.

    Raises:
        OptionError: It is neither, or a seed is given twice.
    """
    if isinstance(given, str):
        parts = [part.strip() for part in given.strip().removesuffix(",").split(",")]
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise OptionError(f"--seeds {_HOW}, got {given!r}")
        numbers = [int(part) for part in parts]
        seeds = tuple(numbers) if "," in given else _first(numbers[0])
    else:
        seeds = _first(given) if isinstance(given, int) else _list(given)
    if not seeds:
        raise OptionError(f"--seeds {_HOW}; without a seed nothing is trained")
    twice = sorted({seed for seed in seeds if seeds.count(seed) > 1})
    if twice:
        raise OptionError(f"--seeds {_HOW}, but {', '.join(map(str, twice))} is given twice")
    return seeds


def _list(given: Any) -> tuple[int, ...]:
    if not isinstance(given, Sequence) or not all(isinstance(each, int) and each >= 0 for each in given):
        raise OptionError(f"--seeds {_HOW}, got {given!r:.100}")
    return tuple(given)


def _first(number: int) -> tuple[int, ...]:
    if number > _MOST:
        raise OptionError(f"--seeds {_HOW}; {number} are too many, and the one seed {number} is written {number},")
    return tuple(range(number))


def replicates(seeds: Sequence[int], subset_seeds: Sequence[int] = ()) -> tuple[Replicate, ...]:
    """The runs of every method: one subset seed is for all, several go with the seeds one by one.

    Raises:
        ConfigError: There is another number of subset seeds.
    """
    if not subset_seeds:
        return tuple(map(Replicate, seeds))
    if len(subset_seeds) not in (1, len(seeds)):
        raise ConfigError(
            [f"--subset-seed expects one value, or one for each of the {len(seeds)} seeds, got {len(subset_seeds)}"]
        )
    several = subset_seeds if len(subset_seeds) > 1 else [subset_seeds[0]] * len(seeds)
    return tuple(itertools.starmap(Replicate, zip(seeds, several, strict=True)))
