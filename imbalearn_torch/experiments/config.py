"""`RunConfig`: what the command line, a TOML file and Python all make. Its fields are the option names with `_`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from imbalearn_torch.errors import ConfigError
from imbalearn_torch.plugin.options import nearest
from imbalearn_torch.plugin.spec import canonical_name

__all__ = ["SCHEMA_VERSION", "RunConfig", "config_from_toml"]

SCHEMA_VERSION = 1
_LARGEST = 2**63 - 1  # of TOML's integers
_MOST_EPOCHS, _MOST_THREADS = 1_000_000, 1024  # no machine does more, and some fail without a word

# Added after runs had been saved and compared, and at these defaults no figure depends on them: they are then not
# written, so that what was saved before still is the same configuration.
_SINCE = {"on_bad_image": "error", "checkpoint_minutes": 10.0, "checkpoint_keep": 2, "sync_batchnorm": False}

Spec = Annotated[Any, "an option string NAME[:key=value,...], or from Python an object"]


class RunConfig(BaseModel):
    """Everything that decides the outcome of a run. Frozen; unknown keys are refused.

    A component is an option string such as `"focal:gamma=2"` or, from Python, an object of your own.

    Raises:
        ConfigError: One or more values cannot be used; a sentence for each names the option.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)

    data: Spec = Field(default="digits", description="Data set, or a path: ./folder, ./images.parquet, ./arrays.npz.")
    imbalance: str | None = Field(
        default=None, description="Imbalance profile of the training part; default: the data set's own."
    )
    subset_seed: int | None = Field(
        default=None, ge=0, le=_LARGEST, description="Seed of the imbalance profile's choice; default: the seed."
    )
    val_fraction: float = Field(
        default=0.1, ge=0, lt=1, description="Share of the training part held out for validation; 0: none."
    )
    augment: str | None = Field(default=None, description="Augmentations joined by +; default: the data set's own.")
    sampler: Spec = Field(default="instance", description="How an epoch's images are drawn.")
    mix: Spec = Field(default="none", description="How pairs of images are mixed.")
    loss: Spec = Field(default="ce", description="Loss.")
    weights: Spec = Field(default="none", description="Class weights.")
    prior: Literal["drawn", "train", "uniform"] = Field(
        default="drawn", description="The class prior that losses are told."
    )
    backbone: Spec = Field(default="resnet20", description="Network.")
    adjust: tuple[Spec, ...] = Field(
        default=(), description="Post-hoc adjustment of the trained predictor; may be repeated."
    )
    epochs: int = Field(default=30, ge=0, le=_MOST_EPOCHS, description="Epochs; 0 only evaluates.")
    batch_size: int | None = Field(
        default=None, ge=1, description="Batch size; default: 96, or an eighth of smaller data."
    )
    optimizer: str = Field(default="muon", description="Optimiser.")
    lr: float | None = Field(default=None, gt=0, description="Peak learning rate; default: the optimiser's own.")
    weight_decay: float | None = Field(default=None, ge=0, description="Weight decay; default: the optimiser's own.")
    schedule: str = Field(default="one-cycle", description="Learning-rate schedule.")
    label_smoothing: float | None = Field(
        default=None, ge=0, lt=1, description="The option `smoothing` of losses that have it."
    )
    ema: float = Field(
        default=0.05, ge=0, le=0.5, description="Horizon of the weight average as a fraction of the run; 0: none."
    )
    freeze_early: float | None = Field(
        default=None, ge=0, le=1, description="Fraction of the run from which all before the second stage stands still."
    )
    clip: float | None = Field(default=None, gt=0, description="Largest gradient norm.")
    tta: Literal["auto", "none", "flip"] = Field(
        default="auto", description="Average over the mirror image at test; auto: if trained with it."
    )
    select: Literal["last", "best", "test"] = Field(
        default="last", description="Weights to keep; `test` peeks at the test set and is marked."
    )
    monitor: Literal["macro-f1", "loss"] = Field(default="macro-f1", description="What `best` and patience look at.")
    patience: int | None = Field(default=None, ge=1, description="Stop after that many epochs without improvement.")
    seed: int = Field(default=0, ge=0, le=_LARGEST, description="Seed of everything.")
    device: str = Field(default="auto", description="auto, cpu, cuda, cuda:1, ...")
    threads: int | None = Field(
        default=None, ge=1, le=_MOST_THREADS, description="Processor threads; default: OMP_NUM_THREADS or all cores."
    )
    precision: Literal["auto", "fp32", "bf16", "fp16", "fp64"] = Field(
        default="auto", description="auto: bf16 where the hardware is fast at it."
    )
    loader: Literal["auto", "memory", "stream"] = Field(
        default="auto", description="Hold the images in memory, or decode them as they are needed; auto: if they fit."
    )
    workers: int | None = Field(
        default=None, ge=0, description="Processes that decode streamed images; default: all cores but one; 0: none."
    )
    on_bad_image: Literal["error", "skip"] = Field(
        default="error", description="Images that cannot be read: an error that names them, or left out and counted."
    )
    channels_last: bool = Field(default=True, description="Memory format of images and weights.")
    compile: str = Field(
        default="none",
        description="A back end of torch.compile: inductor, cudagraphs, ...; the first steps take minutes.",
    )
    sync_batchnorm: bool = Field(
        default=False, description="Batch norm over all processes of torchrun, on accelerators; untested here."
    )
    checkpoint_every: int = Field(default=1, ge=1, description="Epochs between checkpoints.")
    checkpoint_minutes: float = Field(
        default=10.0, ge=0, description="After so many since the last one, a checkpoint within an epoch; 0: never."
    )
    checkpoint_keep: int = Field(default=2, ge=1, description="Checkpoints to keep, beside the best one's.")
    recipe: str | None = Field(
        default=None, description="The recipe that the other values started from: a record, it changes nothing."
    )

    if not TYPE_CHECKING:  # type checkers know the fields better than this signature

        def __init__(self, **values: Any) -> None:
            try:
                super().__init__(**values)
            except ValidationError as error:
                raise ConfigError([_sentence(each) for each in error.errors()]) from None

    @field_validator("*", mode="before")
    @classmethod
    def _no_switch_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """TOML's `epochs = true` would be read as 1."""
        numbers = {int, float} & set(_types(info.field_name))
        if isinstance(value, bool) and numbers:
            kind = "a valid integer" if int in numbers else "a valid number"
            raise PydanticCustomError("switch", f"Input should be {kind}")
        return value

    @field_validator("data", "sampler", "mix", "loss", "weights", "backbone")
    @classmethod
    def _component(cls, value: Any) -> Any:
        return _usable(value)

    @field_validator("adjust", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return tuple(map(_usable, value if isinstance(value, (list, tuple)) else (value,)))

    @property
    def has_objects(self) -> bool:
        """Whether a component was made in Python, so that no file can name it."""
        parts = (self.data, self.sampler, self.mix, self.loss, self.weights, self.backbone, *self.adjust)
        return not all(isinstance(each, str) for each in parts)

    def saved(self) -> dict[str, Any]:
        """The fields that are not None, as TOML and JSON can hold them; an object is recorded by its class."""
        return {name: _plain(value) for name, value in self if value is not None and _SINCE.get(name) != value}


def _usable(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, bytes, list, dict, type)):
        raise ValueError(f"expected an option string NAME[:key=value,...] or an object, got {value!r}")
    return value


def _types(name: str | None) -> tuple[Any, ...]:
    """The types that a field takes."""
    annotation = RunConfig.model_fields[name or ""].annotation
    return get_args(annotation) or (annotation,)


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    kind = value if isinstance(value, type) else type(value)
    return f"object {kind.__module__}.{kind.__qualname__}"


def _sentence(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else "configuration"
    fields = RunConfig.model_fields
    if error["type"] == "extra_forbidden":
        return _unknown(name)
    if error["type"] == "value_error":
        return f"option {name!r}: {error['ctx']['error']}"
    expected = error["msg"].removeprefix("Input should be ").removeprefix("a valid ")
    if expected == error["msg"]:
        expected = f"something else ({expected})"
    default = fields[name].default if name in fields else None
    return f"option {name!r} expects {expected.split(', unable')[0]}, got {error['input']!r} (default {default!r})"


def _unknown(name: str) -> str:
    known = {canonical_name(each): each for each in RunConfig.model_fields}
    return f"unknown option {name!r}{nearest(canonical_name(name), known)}"


def config_from_toml(file: Path) -> dict[str, Any]:
    """The values in a saved `config.toml`.

    Raises:
        ConfigError: It is missing, no TOML, or of a later schema.
    """
    import tomllib

    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        # The words alone: an OSError's own text names the file once more.
        cause = getattr(error, "strerror", None) or error
        raise ConfigError([f"the configuration {file} cannot be read: {cause}"]) from None
    if isinstance(values.get("plugins"), dict):
        del values["plugins"]  # digests of plugin files, which no configuration loads: see plugin_record.py
    version = values.pop("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise ConfigError(
            [f"the configuration {file} has schema_version {version!r}, but this version reads {SCHEMA_VERSION}"]
        )
    objects = [name for name, value in values.items() if any(map(_is_object, _listed(value)))]
    if objects:
        names = ", ".join(objects)
        raise ConfigError([f"the configuration {file} has objects made in Python ({names}); run it from there"])
    unknown = [name for name in values if name not in RunConfig.model_fields]
    if unknown:
        raise ConfigError([f"the configuration {file}: {_unknown(name)}" for name in unknown])
    return values


def _is_object(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("object ")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
