"""Recipes: published settings as TOML files, each with its source, its protocol and the figures reported for it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from imbalearn_torch.errors import ConfigError, OptionError
from imbalearn_torch.experiments.config import SCHEMA_VERSION, RunConfig
from imbalearn_torch.plugin.grammar import parse_spec
from imbalearn_torch.plugin.options import nearest
from imbalearn_torch.plugin.spec import canonical_name

__all__ = ["Citation", "Recipe", "Reference", "load_recipe", "recipe_label", "recipe_names"]

_FOLDER = Path(__file__).parent / "recipe_files"
_RATES = ("lr", "weight_decay")

# Line breaks in a file are for whoever edits it.
Prose = Annotated[str, AfterValidator(lambda text: " ".join(text.split()))]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Citation(_Frozen):
    """Where a setting was published."""

    authors: Prose
    title: Prose
    venue: Prose
    year: int
    arxiv: str = Field(default="", pattern=r"^(\d{4}\.\d{4,5})?$")

    def __str__(self) -> str:
        link = f", arXiv:{self.arxiv}" if self.arxiv else ""
        return f"{self.authors}, {self.title}, {self.venue} {self.year}{link}"

    @property
    def short(self) -> str:
        """`Cao 2019, arXiv:1906.07413`."""
        surname = self.authors.partition(",")[0].rpartition(" ")[2]
        return f"{surname} {self.year}" + (f", arXiv:{self.arxiv}" if self.arxiv else "")


class Reference(_Frozen):
    """A figure that was reported: one value, or the lowest and the highest of several reports.

    Args:
        data: Name of the data set.
        imbalance: Profile of its training part.
        metric: What was measured.
        values: In order.
        source: Which table of which paper, or where else.
        note: What else decides the figure.
        checked: False: quoted from memory and not compared with the source.
    """

    data: str
    imbalance: str
    metric: str
    values: tuple[float, ...] = Field(min_length=1, max_length=2)
    source: Prose
    note: Prose = ""
    checked: bool = True

    def __str__(self) -> str:
        of = self.data if self.imbalance == "none" else f"{self.data} {self.imbalance}"
        note = f" ({self.note})" if self.note else ""
        return f"{of}: {' to '.join(map(str, self.values))} {self.metric}{note}"


class Recipe(_Frozen):
    """A setting to run, and what is known of it.

    Args:
        name: For `imbalearn run --recipe NAME`.
        title: Of the method or the row of a study.
        summary: One sentence.
        citation: Where it was published.
        protocol: How the reported figures were made.
        reference: The reported figures.
        notes: What differs here, and what is not known.
        run: Fields of `RunConfig`, as TOML holds them.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    name: str
    title: Prose = ""
    summary: Prose = ""
    citation: Citation | None = None
    protocol: Prose = ""
    reference: tuple[Reference, ...] = ()
    notes: tuple[Prose, ...] = ()
    run: dict[str, Any]

    def on_top(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a configuration: those of the recipe, and over them what is given.

        A learning rate and a weight decay belong to the optimiser they were chosen for: where another optimiser is
        given, or the same with an option of that name, those of the recipe are dropped.

        Args:
            given: Fields of `RunConfig`.
        """
        kept = dict(self.run)
        if isinstance(given.get("optimizer"), str):
            with contextlib.suppress(OptionError):  # the resolver reports it together with all else
                other = parse_spec(given["optimizer"])
                same = canonical_name(other.name) == canonical_name(parse_spec(RunConfig(**kept).optimizer).name)
                for rate in _RATES:
                    if not same or rate in other.options:
                        kept.pop(rate, None)
        return kept | dict(given)


def recipe_names() -> tuple[str, ...]:
    """The recipes that come with the package, sorted; no file is read."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def load_recipe(name: str) -> Recipe:
    """Read a recipe.

    Args:
        name: One of `recipe_names()`, or the path of a TOML file: it ends in `.toml` or holds a `/`.

    Raises:
        ConfigError: There is no such recipe, or something in its file cannot be used; a sentence for each problem.
    """
    file = _find(name)
    values = _read(file)
    based = values.pop("base", None)
    if based is not None:
        values = _with_base(file, values, based)
    try:
        recipe = Recipe(**{"name": file.stem, **values})
        if "recipe" in recipe.run:
            raise ConfigError(["[run] cannot name a recipe; to start from another, write `base = NAME` above [run]"])
        RunConfig(**recipe.run)
    except ValidationError as error:
        raise ConfigError([f"recipe {file}: {_sentence(each)}" for each in error.errors()]) from None
    except ConfigError as error:
        raise ConfigError([f"recipe {file}: {problem}" for problem in error.problems]) from None
    return recipe


def recipe_label(name: str) -> str:
    """What a run records of `--recipe NAME`: the canonical name, or of a file of one's own the absolute path."""
    return str(_find(name).absolute()) if _is_path(name) else _find(name).stem


def _is_path(name: str) -> bool:
    return name.endswith(".toml") or "/" in name


def _find(name: str) -> Path:
    if _is_path(name):
        try:
            return Path(name).expanduser()
        except RuntimeError as error:  # `~nobody`
            raise ConfigError([f"{name!r} is no path: {error}"]) from None
    wanted, known = canonical_name(name), recipe_names()
    if wanted not in known:
        raise ConfigError([f"no recipe named {name!r}{nearest(wanted, known)} (known: {', '.join(known)})"])
    return _FOLDER / f"{wanted}.toml"


def _read(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError([f"the recipe {file} cannot be read: {error}"]) from None
    version = values.get("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise ConfigError(
            [f"the recipe {file} has schema_version {version!r}, but this version reads {SCHEMA_VERSION}"]
        )
    return values


def _with_base(file: Path, values: dict[str, Any], based: Any) -> dict[str, Any]:
    """What a file says, over the protocol and the settings of the recipe that it starts from."""
    if not isinstance(based, str) or "base" in _read(_find(based)):
        raise ConfigError([f"recipe {file}: 'base' expects the name of a recipe without a base, got {based!r}"])
    base, run = load_recipe(based), values.get("run", {})
    merged = base.on_top(run) if isinstance(run, dict) else run
    return {"protocol": base.protocol, **values, "run": merged}


def _sentence(error: Any) -> str:
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        known = Recipe if len(error["loc"]) == 1 else Citation if error["loc"][0] == "citation" else Reference
        return f"unknown key {where!r}{nearest(str(error['loc'][-1]), known.model_fields)}"
    if error["type"] == "missing":
        return f"{where!r} is missing"
    return f"{where!r}: {error['msg'][0].lower()}{error['msg'][1:]}, got {error['input']!r:.80}"
