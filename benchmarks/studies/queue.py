"""What is to be run: `benchmarks/queue.toml`, read and checked, and how far each run has come."""

from __future__ import annotations

import json
import shutil
import tomllib
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from benchmarks.harness import ROOT, WORK, shared
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.recipes import load_recipe
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.plugin.registry import registry

__all__ = ["QUEUE", "Queue", "QueuedRun", "RunState", "Study", "read_queue"]

QUEUE = ROOT / "benchmarks" / "queue.toml"
FOLDER = WORK / "studies"
SHARED = "{shared}"
# What a run writes over what was asked for, since it depends on the machine.
_OF_THE_MACHINE = {"schema_version", "data", "threads", "device", "loader", "workers"}

Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _same(there: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether two configurations agree; an option younger than the saved one is at its default there."""
    fields = RunConfig.model_fields
    ours = _OF_THE_MACHINE | ({"precision"} if wanted.get("precision") == "auto" else set())
    return all(
        there.get(name, fields[name].default) == wanted.get(name) for name in {*there, *wanted} & set(fields) - ours
    )


class Study(_Frozen):
    """What the runs of one study have in common.

    Args:
        title: For the table.
        data: The data set; `{shared}` is the folder with real images.
        options: Fields of `RunConfig`, over those of each run's recipe.
    """

    title: str
    data: str
    options: dict[str, Any]


class RunState(Enum):
    """How far a run has come."""

    MISSING = "not run"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    OTHER = "of another configuration"


class QueuedRun(_Frozen):
    """One line of the queue.

    Args:
        study: Key of its study.
        method: The row of the study's table.
        recipe: The packaged recipe it starts from.
        seed: Of everything.
        epochs: How many.
        minutes: Expected, on one free core.
        options: Fields of `RunConfig`, over those of the study.
        folder: Where all runs of the queue lie.
    """

    study: Name
    method: Name
    recipe: str
    seed: int = Field(ge=0)
    epochs: int = Field(ge=1)
    minutes: float = Field(gt=0)
    options: dict[str, Any] = {}
    folder: Path = FOLDER

    @property
    def name(self) -> str:
        return f"{self.study}-{self.method}-{self.seed}"

    @property
    def place(self) -> Path:
        """Its run folder."""
        return self.folder / self.name

    @property
    def failure(self) -> Path:
        """Exists, with the reason in it, where the run is not to be tried again."""
        return self.folder / f"{self.name}.failed.json"

    def given(self, study: Study, data: str) -> dict[str, Any]:
        """The fields of `RunConfig` that stand over the recipe."""
        common = {"epochs": self.epochs, "seed": self.seed, "threads": 1}
        return {"data": data, **study.options, **self.options, **common}

    def words(self, study: Study) -> list[str]:
        """The arguments of `imbalearn run`."""
        return self._words(study, study.data.replace(SHARED, str(shared())))

    def command(self, study: Study) -> str:
        """The same for people, without a path of this machine."""
        words = self._words(study, study.data.replace(SHARED, "$IMBALEARN_SHARED"))
        return " ".join(["imbalearn", "run", *words])

    def _words(self, study: Study, data: str) -> list[str]:
        words = ["--recipe", self.recipe]
        for name, value in self.given(study, data).items():
            words += [f"--{name.replace('_', '-')}", str(value)]
        return words

    def saved(self, study: Study) -> dict[str, Any]:
        """What its config.toml says, but for where its data lie.

        Raises:
            ConfigError: There is no such recipe, or an option cannot be used.
        """
        given = {name: value for name, value in self.given(study, "").items() if name != "data"}
        values: dict[str, Any] = load_recipe(self.recipe).on_top(given) | {"data": "digits", "recipe": self.recipe}
        return resolve_run(RunConfig(**values), registry(plugins=False)).asked.saved()

    def state(self, study: Study) -> RunState:
        """What its folder says."""
        saved = self.place / "config.toml"
        if not saved.is_file():
            return RunState.FAILED if self.failure.is_file() else RunState.MISSING
        if not _same(tomllib.loads(saved.read_text(encoding="utf-8")), self.saved(study)):
            return RunState.OTHER
        if (self.place / "manifest.json").is_file():
            return RunState.DONE
        return RunState.FAILED if self.failure.is_file() else RunState.BEGUN

    def result(self) -> dict[str, Any]:
        """What a finished run says of itself."""
        return json.loads((self.place / "result.json").read_text(encoding="utf-8"))

    def history(self) -> list[dict[str, Any]]:
        """A row an epoch."""
        lines = (self.place / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def digest(self, name: str) -> str:
        """SHA-256 of one of its files, as its manifest has it."""
        return json.loads((self.place / "manifest.json").read_text(encoding="utf-8"))["sha256"][name]

    def clear_stump(self) -> None:
        """Take away what a kill before the first file has left, which is nothing but hidden files."""
        if self.place.is_dir() and all(each.name.startswith(".") for each in self.place.iterdir()):
            shutil.rmtree(self.place)


class Queue(_Frozen):
    """All studies and their runs, in order.

    Args:
        commit: The code that makes them; None: the code that is installed.
        runs: In order.
        studies: What the runs of each have in common.
    """

    schema_version: Literal[1]
    commit: str | None = Field(default=None, pattern=r"^[0-9a-f]{7,40}$")
    runs: tuple[QueuedRun, ...] = Field(min_length=1)
    studies: dict[Name, Study]

    @model_validator(mode="after")
    def _consistent(self) -> Queue:
        names = [run.name for run in self.runs]
        for run in self.runs:
            if run.study not in self.studies:
                raise ValueError(f"the run {run.name} is of no study (known: {', '.join(self.studies)})")
            if names.count(run.name) > 1:
                raise ValueError(f"the run {run.name} stands in the queue more than once")
            run.saved(self.studies[run.study])  # a recipe or an option that does not exist is found before any run
        return self

    def of(self, *studies: str) -> list[QueuedRun]:
        """The runs of some studies, or of all.

        Raises:
            SystemExit: There is no such study.
        """
        unknown = [each for each in studies if each not in self.studies]
        if unknown:
            raise SystemExit(f"no study named {', '.join(unknown)} (known: {', '.join(self.studies)})")
        return [run for run in self.runs if not studies or run.study in studies]

    def state(self, run: QueuedRun) -> RunState:
        return run.state(self.studies[run.study])


def read_queue(file: Path = QUEUE, folder: Path = FOLDER) -> Queue:
    """The queue.

    Args:
        file: A TOML file.
        folder: Where the runs are to lie.

    Raises:
        SystemExit: It cannot be read, or something in it cannot be used.
    """
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        runs = [{**run, "folder": folder} for run in values.get("runs", [])]
        return Queue.model_validate({**values, "runs": runs})
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        raise SystemExit(f"{file} cannot be read: {error}") from None
    except ValidationError as error:
        sentences = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise SystemExit(f"{file}: " + "; ".join(sentences)) from None
