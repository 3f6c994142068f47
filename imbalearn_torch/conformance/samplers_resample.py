"""Samplers that make new samples through `fit_resample`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from imbalearn_torch.conformance.check import Skip, require
from imbalearn_torch.conformance.guards import generators_left_alone, same
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.errors import ImbalearnError
from imbalearn_torch.streams import seed_default_generators

__all__ = [
    "FORMS",
    "Made",
    "new_samples_are_labelled",
    "new_samples_keep_shape_and_type",
    "resampled",
    "same_seed_same_new_samples",
]

# Images as they lie in memory, and a table.
FORMS: tuple[tuple[torch.dtype, tuple[int, ...]], ...] = ((torch.uint8, (1, 4, 4)), (torch.float32, (6,)))
_PLENTY = 12  # images a class: enough for any number of neighbours that is usual


@dataclass(frozen=True)
class Made:
    """What `fit_resample` gave.

    Args:
        sampler: What gave it.
        before: The inputs, `[N, ...]`.
        inputs: The new inputs.
        targets: Their labels.
    """

    sampler: Any
    before: Tensor
    inputs: Any
    targets: Any


def resampled(subject: Subject, form: tuple[torch.dtype, tuple[int, ...]], *, plentiful: bool) -> Made | None:
    """What `fit_resample` makes of random inputs of one form; None: it refuses them with one of our errors.

    Args:
        subject: Its factory's objects have `fit_resample`.
        form: One of `FORMS`.
        plentiful: Whether every class is given as many images as neighbours may be asked for.
    """
    if plentiful:
        subject = replace(subject, counts=tuple(max(count, _PLENTY) for count in subject.counts))
    sampler = subject.build(targets=subject.targets.clone())
    dtype, shape = form
    source = torch.Generator().manual_seed(0)
    inputs = torch.rand(subject.targets.numel(), *shape, generator=source) * 50 + subject.targets.view(
        -1, *[1] * len(shape)
    )
    inputs = inputs.to(dtype)
    seed_default_generators(0, "fit")
    try:
        given = sampler.fit_resample(inputs.clone(), subject.targets.clone())
    except ImbalearnError:
        return None
    require(
        isinstance(given, tuple) and len(given) == 2,
        f"expected fit_resample to return (inputs, targets), but got {type(given).__name__}",
    )
    return Made(sampler, inputs, *given)


def _made(subject: Subject) -> Iterator[Made]:
    """What is made of every form that is not refused, of scarce classes or, where these are refused, of ample ones."""
    if not hasattr(subject.build(), "fit_resample"):
        raise Skip("it has no fit_resample")
    found = False
    for form in FORMS:
        made = resampled(subject, form, plentiful=False) or resampled(subject, form, plentiful=True)
        if made is not None:
            found = True
            yield made
    if not found:
        raise Skip("it refuses images and tables alike")


def new_samples_keep_shape_and_type(subject: Subject) -> None:
    """`fit_resample` gives inputs of the shape and the type that came in, at least one, on the CPU."""
    for made in _made(subject):
        inputs, wanted = made.inputs, made.before
        require(isinstance(inputs, Tensor), f"expected a tensor of inputs, but got {type(inputs).__name__}")
        require(
            inputs.shape[1:] == wanted.shape[1:] and inputs.dtype == wanted.dtype and inputs.device == wanted.device,
            f"expected inputs {wanted.dtype} [M, {', '.join(map(str, wanted.shape[1:]))}] on the CPU, but got "
            f"{inputs.dtype} {list(inputs.shape)} on {inputs.device}",
        )
        require(len(inputs) > 0, "expected at least one sample, but got none")


def new_samples_are_labelled(subject: Subject) -> None:
    """`fit_resample` gives each sample a label in 0..K-1."""
    classes = len(subject.counts)
    for made in _made(subject):
        labels = made.targets
        require(isinstance(labels, Tensor), f"expected a tensor of labels, but got {type(labels).__name__}")
        require(
            labels.shape == (len(made.inputs),),
            f"expected one label for each of {len(made.inputs)} samples, but got {list(labels.shape)}",
        )
        wrong = labels[(labels < 0) | (labels >= classes) | (labels != labels.long())]
        require(not wrong.numel(), f"expected labels in 0..{classes - 1}, but got {wrong.tolist()[:5]}")


def same_seed_same_new_samples(subject: Subject) -> None:
    """With torch's default generators seeded alike `fit_resample` makes the same, and it uses no other generator."""
    with generators_left_alone("fit_resample", torch_too=False):
        first = list(_made(subject))
    for one, two in zip(first, _made(subject), strict=True):
        for each, other in ((one.inputs, two.inputs), (one.targets, two.targets)):
            require(same(each, other), "expected the same samples from equal seeds, but a second call made others")
