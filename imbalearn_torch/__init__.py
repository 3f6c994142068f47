"""Imbalanced learning for PyTorch: samplers, mixing, losses, class weights and adjusters as plugins.

Importing this package is cheap: everything is loaded at its first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imbalearn_torch import conformance as conformance
    from imbalearn_torch import errors as errors
    from imbalearn_torch.data.labels import labels_of as labels_of
    from imbalearn_torch.data.plan_sampler import PlanSampler as PlanSampler
    from imbalearn_torch.draws import sample_beta as sample_beta
    from imbalearn_torch.draws import sample_boxes as sample_boxes
    from imbalearn_torch.experiments.adjust_run import adjust_run as adjust_run
    from imbalearn_torch.experiments.compare import compare as compare
    from imbalearn_torch.experiments.config import RunConfig as RunConfig
    from imbalearn_torch.experiments.run import resume as resume
    from imbalearn_torch.experiments.run import run as run
    from imbalearn_torch.plugin.build import build as build
    from imbalearn_torch.plugin.registry import registry as registry
    from imbalearn_torch.plugin.spec import Component as Component
    from imbalearn_torch.plugin.spec import hookimpl as hookimpl
    from imbalearn_torch.priors import normalised_prior as normalised_prior
    from imbalearn_torch.types import Batch as Batch
    from imbalearn_torch.types import Dataset as Dataset
    from imbalearn_torch.types import Mixed as Mixed
    from imbalearn_torch.types import Outputs as Outputs
    from imbalearn_torch.types import Samples as Samples

__version__ = "0.1.0"

_HOMES = {
    "Batch": "types",
    "Component": "plugin.spec",
    "Dataset": "types",
    "Mixed": "types",
    "Outputs": "types",
    "PlanSampler": "data.plan_sampler",
    "RunConfig": "experiments.config",
    "Samples": "types",
    "adjust_run": "experiments.adjust_run",
    "build": "plugin.build",
    "compare": "experiments.compare",
    "hookimpl": "plugin.spec",
    "labels_of": "data.labels",
    "normalised_prior": "priors",
    "registry": "plugin.registry",
    "resume": "experiments.run",
    "run": "experiments.run",
    "sample_beta": "draws",
    "sample_boxes": "draws",
}
_MODULES = ("backbones", "conformance", "errors", "losses", "mixing", "samplers", "weights")

__all__ = [
    "Batch",
    "Component",
    "Dataset",
    "Mixed",
    "Outputs",
    "PlanSampler",
    "RunConfig",
    "Samples",
    "adjust_run",
    "build",
    "compare",
    "conformance",
    "errors",
    "hookimpl",
    "labels_of",
    "normalised_prior",
    "registry",
    "resume",
    "run",
    "sample_beta",
    "sample_boxes",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_MODULES})
