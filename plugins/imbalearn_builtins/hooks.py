"""The plugin of the built-in components: one hook a kind; the records stand beside the methods, in `records.py`."""

from __future__ import annotations

from imbalearn_builtins.adjusters.records import ADJUSTERS
from imbalearn_builtins.backbones.records import BACKBONES
from imbalearn_builtins.datasets.records import DATASETS
from imbalearn_builtins.losses.records import LOSSES
from imbalearn_builtins.mixing.records import MIXES
from imbalearn_builtins.samplers.records import SAMPLERS
from imbalearn_builtins.weights.records import WEIGHTS
from imbalearn_torch import Component, hookimpl

IMBALEARN_PLUGIN_API = 1


@hookimpl
def imbalearn_samplers() -> tuple[Component, ...]:
    return SAMPLERS


@hookimpl
def imbalearn_mixes() -> tuple[Component, ...]:
    return MIXES


@hookimpl
def imbalearn_losses() -> tuple[Component, ...]:
    return LOSSES


@hookimpl
def imbalearn_weights() -> tuple[Component, ...]:
    return WEIGHTS


@hookimpl
def imbalearn_backbones() -> tuple[Component, ...]:
    return BACKBONES


@hookimpl
def imbalearn_datasets() -> tuple[Component, ...]:
    return DATASETS


@hookimpl
def imbalearn_adjusters() -> tuple[Component, ...]:
    return ADJUSTERS
