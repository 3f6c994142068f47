"""Which two images make one: the batches of a step, mixed as images or as hidden activations, through the network."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_torch.blame import blamed_on, name_of
from imbalearn_torch.data.batches import Loader
from imbalearn_torch.errors import ComponentError
from imbalearn_torch.streams import generator
from imbalearn_torch.training.runtime import ALONE, Runtime
from imbalearn_torch.types import Batch, Mixed

__all__ = ["Mixer", "hidden_stages", "mix_batches", "reordered"]


def hidden_stages(backbone: Any, mix: Any) -> tuple[nn.Module, ...]:
    """The modules of a backbone whose activations a mix may ask for; none where it mixes images.

    Raises:
        ComponentError: The mix asks for hidden activations, and the backbone does not say where they are.
    """
    if not getattr(mix, "hidden", False):
        return ()
    stages = getattr(backbone, "stages", None)
    found = tuple(stages) if isinstance(stages, (Sequence, nn.Sequential, nn.ModuleList)) else ()
    inside = {id(module) for module in backbone.modules()}
    if not found or not all(id(stage) in inside for stage in found):
        raise ComponentError(
            f"the mix {name_of(mix)} asks for hidden activations, but the backbone {name_of(backbone)} has "
            "no `stages`, a tuple of its modules"
        )
    return found


class Mixer:
    """Draws, augments and mixes this process's share of a step's batches, and runs the network on it.

    Plan and augmentation are drawn for the whole global batch and then cut, so they do not depend on the number of
    processes. What a mix draws does: its generator, and the order of the partners, are this process's own.

    Args:
        mix: The mixing strategy; None: images as they are.
        loader: The training part.
        network: With its backbone as `backbone` where the mix asks for hidden activations.
        seed: Of the streams "augment", "partner" and "mix".
        runtime: The processes of the run.

    Raises:
        ComponentError: The mix asks for hidden activations of a backbone without `stages`.
    """

    def __init__(self, mix: Any, loader: Loader, network: nn.Module, seed: int, runtime: Runtime = ALONE) -> None:
        self._mix, self._loader, self._network, self._seed = mix, loader, network, seed
        self._runtime = runtime
        self._backbone = getattr(network, "backbone", network)
        self._stages = hidden_stages(self._backbone, mix)

    def forward(
        self, epoch: int, step: int, columns: list[Tensor], autocast: Callable[[], contextlib.AbstractContextManager]
    ) -> tuple[Any, Mixed]:
        """What the network says of one step's images, and the labels that go with it.

        Args:
            epoch: From 0.
            step: Within the epoch, from 0.
            columns: Indices of the images of the global batch and, where the mix draws its own partners, of these.
            autocast: Gives the context in which the network runs.
        """
        batches = [self._batch(epoch, step, number, indices) for number, indices in enumerate(columns)]
        first = batches[0]
        if self._mix is None:
            mixed = Mixed(first.images, first.targets, first.targets, first.images.new_ones(()))
            return self._run(first.images, autocast), mixed
        keys = (epoch, step, *self._runtime.keys)
        source = generator(self._seed, "mix", *keys)
        order = None
        if len(batches) == 1:
            order = torch.randperm(first.targets.numel(), generator=generator(self._seed, "partner", *keys))
            order = order.to(first.targets.device)
        if self._stages:
            return self._forward_hidden(batches, order, source, autocast)
        second = batches[1] if order is None else Batch(reordered(first.images, order), first.targets[order])
        mixed = mix_batches(self._mix, first, second, source)
        return self._run(mixed.images, autocast), mixed

    def _forward_hidden(
        self,
        batches: list[Batch],
        order: Tensor | None,
        source: torch.Generator,
        autocast: Callable[[], contextlib.AbstractContextManager],
    ) -> tuple[Any, Mixed]:
        """Run the network with the activations of one stage, drawn anew for every step, mixed on their way."""
        stage = self._stages[int(torch.randint(len(self._stages), (1,), generator=source))]
        first, size = batches[0], batches[0].targets.numel()
        found: list[Mixed] = []

        def mix_here(_module: nn.Module, _inputs: Any, activations: Any) -> Any:
            if found:  # a stage that is called twice is mixed once
                return activations
            if not isinstance(activations, Tensor) or len(activations) != size * len(batches):
                came = list(activations.shape) if isinstance(activations, Tensor) else type(activations).__name__
                raise ComponentError(f"Expected a stage of the backbone to give a tensor [B, ...], but got {came}")
            here = Batch(activations[:size], first.targets)
            if order is None:
                there = Batch(activations[size:], batches[1].targets)
            else:
                there = Batch(activations[order], first.targets[order])
            found.append(mix_batches(self._mix, here, there, source))
            return found[0].images.to(activations.dtype)

        images = first.images if order is not None else torch.cat([each.images for each in batches])
        hook = stage.register_forward_hook(mix_here)
        try:
            output = self._run(images, autocast, rows=size)
        finally:
            hook.remove()
        if not found:
            raise ComponentError(
                f"the backbone {type(self._backbone).__name__} names a stage that its forward does not call"
            )
        return output, found[0]

    def _batch(self, epoch: int, step: int, number: int, indices: Tensor) -> Batch:
        draws = self._loader.draw(indices.numel(), generator(self._seed, "augment", epoch, step, number))
        if self._runtime.is_alone:
            return self._loader.batch(indices, draws)
        part = self._runtime.part(indices.numel())
        return self._loader.batch(indices[part], [drawn[part] for drawn in draws])

    def _run(self, images: Tensor, autocast: Callable[[], contextlib.AbstractContextManager], **rows: int) -> Any:
        with autocast(), blamed_on("the backbone", self._backbone):
            return self._network(images, **rows)


def reordered(images: Tensor, order: Tensor) -> Tensor:
    """The images in another order, in the memory format they have.

    Plain indexing copies element by element, index_select whole images, but into the default format: what it is given
    has to be contiguous.
    """
    if images.is_contiguous() or not images.is_contiguous(memory_format=torch.channels_last):
        return images.index_select(0, order)
    return images.movedim(1, -1).index_select(0, order).movedim(-1, 1)


def mix_batches(mix: Any, first: Batch, second: Batch, source: torch.Generator) -> Mixed:
    """What a mix, by anybody, makes of two batches.

    Raises:
        ComponentError: It is no mixed batch of the same shapes.
    """
    with blamed_on("the mix", mix):
        mixed = mix(first, second, source)
    _check_mixed(mixed, first)
    return Mixed(*mixed)


def _check_mixed(mixed: Any, first: Batch) -> None:
    """A mix by a stranger must keep the shapes that the loss relies on."""
    if not isinstance(mixed, tuple) or len(mixed) != 4:
        raise ComponentError(
            f"Expected the mix to return Mixed(images, targets_a, targets_b, lam), but got {type(mixed).__name__}"
        )
    images, targets_a, targets_b, lam = mixed
    wanted = first.targets.shape
    if images.shape != first.images.shape or any(each.shape != wanted for each in (targets_a, targets_b, lam)):
        raise ComponentError(
            f"Expected the mix to keep images {list(first.images.shape)} and labels and lam {list(wanted)}, but got "
            f"{list(images.shape)}, {list(targets_a.shape)}, {list(targets_b.shape)} and {list(lam.shape)}"
        )
    if not bool(((lam >= 0) & (lam <= 1)).all()):
        raise ComponentError(f"Expected the mix to give lam in [0, 1], but got {lam.tolist()}")
