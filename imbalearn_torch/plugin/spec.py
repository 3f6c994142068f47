"""The extension surface, version 1: seven hooks, one record. This screen is all of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pluggy

from imbalearn_torch.errors import ComponentError

__all__ = [
    "CONTEXT",
    "CONTEXT_MEANING",
    "HOOKS",
    "KINDS",
    "PLUGIN_API",
    "PROJECT",
    "Component",
    "HookSpecs",
    "canonical_name",
    "hookimpl",
]

PLUGIN_API = 1
PROJECT = "imbalearn_torch"  # pluggy's project name and the entry point group

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

# kind -> what a factory of that kind may ask for by naming a parameter
CONTEXT: dict[str, tuple[str, ...]] = {
    "sampler": ("targets", "num_classes", "epochs"),
    "mix": ("num_classes", "class_counts", "epochs"),
    "loss": ("class_counts", "class_prior", "num_classes", "epochs", "reduction"),
    "weights": ("class_counts", "epochs"),
    "backbone": ("num_classes", "in_channels", "image_size", "input_shape"),
    "dataset": ("root", "seed"),
    "adjuster": ("class_counts", "class_prior", "num_classes"),
}
# What each of these is; N training images after the validation cut, K classes. Tensors are on the CPU.
CONTEXT_MEANING: dict[str, str] = {
    "targets": "labels of the training part, int64 [N]",
    "num_classes": "K, int",
    "epochs": "epochs of the whole training, int",
    "class_counts": "training images of each class, int64 [K]; 0 for an absent class",
    "class_prior": "class prior the model sees, or for an adjuster the one it still carries, float64 [K]",
    "reduction": 'str: "none" (one value a sample, as in training), "mean" or "sum"',
    "in_channels": "C, int; None for tables",
    "image_size": "pixels, int for square images, else (H, W); None for tables",
    "input_shape": "(C, H, W), or (D,) for tables",
    "root": "folder for downloads, Path",
    "seed": "seed of what the data set draws, int",
}
KINDS: tuple[str, ...] = tuple(CONTEXT)
HOOKS: dict[str, str] = {
    "sampler": "imbalearn_samplers",
    "mix": "imbalearn_mixes",
    "loss": "imbalearn_losses",
    "weights": "imbalearn_weights",
    "backbone": "imbalearn_backbones",
    "dataset": "imbalearn_datasets",
    "adjuster": "imbalearn_adjusters",
}


def canonical_name(name: str) -> str:
    """Lower case, with `_` as `-`: the spelling in which names are compared."""
    return name.strip().lower().replace("_", "-")


@dataclass(frozen=True, kw_only=True)
class Component:
    """One method that a plugin offers. The hook that yields the record decides its kind.

    Args:
        name: `[a-z][a-z0-9]*(-[a-z0-9]+)*`, as typed after `--loss` and its like.
        factory: "package.module:attribute" (preferred: imported only when used) or a callable.
        summary: One line.
        reference: Where the method was published, such as "Lin 2017, arXiv:1708.02002".
        aliases: Further names.
        deprecated: The successor's name, where there is one; using the component then warns.
        neutral: Options under which the component does nothing, such as "gamma=0"; checked when claimed.

    Raises:
        ComponentError: A field has the wrong type or form.
    """

    name: str
    factory: str | Callable[..., Any]
    summary: str = ""
    reference: str = ""
    aliases: tuple[str, ...] = ()
    deprecated: str | None = None
    neutral: str = ""

    def __post_init__(self) -> None:
        for field in ("name", "summary", "reference", "neutral"):
            value = getattr(self, field)
            if not isinstance(value, str):
                raise ComponentError(f"Expected Component field `{field}` to be a str, but got {value!r}")
        if self.deprecated is not None and not isinstance(self.deprecated, str):
            raise ComponentError(
                f"Expected Component field `deprecated` to be a str or None, but got {self.deprecated!r}"
            )
        if not isinstance(self.aliases, tuple) or not all(isinstance(alias, str) for alias in self.aliases):
            raise ComponentError(f"Expected Component field `aliases` to be a tuple of str, but got {self.aliases!r}")
        for name in (self.name, *self.aliases):
            if not _NAME.fullmatch(name):
                raise ComponentError(
                    f"Expected a component's name to be lower-case words joined by '-', but got {name!r}"
                )
        if isinstance(self.factory, str):
            module, _, attribute = self.factory.partition(":")
            if not module or not all(part.isidentifier() for part in attribute.split(".")):
                raise ComponentError(
                    f"Expected the factory of {self.name!r} to be 'package.module:attribute', but got {self.factory!r}"
                )
        elif not callable(self.factory):
            raise ComponentError(f"Expected the factory of {self.name!r} to be a callable, but got {self.factory!r}")


class HookSpecs:
    """The hooks. Each returns an iterable of `Component` records and takes no arguments."""

    @hookspec
    def imbalearn_samplers(self) -> Iterable[Component]:
        """Samplers: objects with `plan(epoch, generator)`, or any `torch.utils.data.Sampler`."""
        return ()

    @hookspec
    def imbalearn_mixes(self) -> Iterable[Component]:
        """Mixing strategies: callables `(a: Batch, b: Batch, generator) -> Mixed`."""
        return ()

    @hookspec
    def imbalearn_losses(self) -> Iterable[Component]:
        """Losses: modules `forward(logits [B, K], targets [B])`."""
        return ()

    @hookspec
    def imbalearn_weights(self) -> Iterable[Component]:
        """Class weights: callables `epoch -> float32 [K]`."""
        return ()

    @hookspec
    def imbalearn_backbones(self) -> Iterable[Component]:
        """Backbones: modules `[B, C, H, W] -> [B, K]`."""
        return ()

    @hookspec
    def imbalearn_datasets(self) -> Iterable[Component]:
        """Data sets: `Dataset` records."""
        return ()

    @hookspec
    def imbalearn_adjusters(self) -> Iterable[Component]:
        """Adjusters: objects that change a trained predictor's logits."""
        return ()
