"""Every random stream of a run, by name: one function of (seed, stream, keys) over numpy's SeedSequence.

Streams with other names or keys are independent of each other, and none depends on how many numbers another has drawn;
so the choice of a mix never moves the initial weights, and a resumed run draws what the uninterrupted one would have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from imbalearn_torch.errors import OptionError

if TYPE_CHECKING:
    import torch

__all__ = ["STREAMS", "Stream", "generator", "seed_default_generators", "stream_seed"]

Stream = Literal["subset", "split", "init", "plan", "partner", "augment", "mix", "step", "fit", "statistics"]
STREAMS: tuple[str, ...] = get_args(Stream)


def stream_seed(seed: int, stream: Stream, *keys: int) -> int:
    """A 63-bit seed for one named stream.

    Args:
        seed: The seed of the run, >= 0.
        stream: One of `STREAMS`.
        keys: What distinguishes draws within the stream, such as epoch and step; >= 0.
    """
    if stream not in STREAMS:
        raise OptionError(f"Expected `stream` to be one of {', '.join(STREAMS)}, but got {stream!r}")
    # As spawn_key, not as entropy: numpy pads short entropy with zeros, so (seed, 3) and (seed, 3, 0) would coincide.
    sequence = np.random.SeedSequence(seed, spawn_key=(STREAMS.index(stream), *keys))
    words = sequence.generate_state(1, np.uint64)
    return int(words[0]) >> 1


def generator(seed: int, stream: Stream, *keys: int) -> torch.Generator:
    """A fresh CPU generator for one named stream; arguments as in `stream_seed`."""
    import torch

    return torch.Generator().manual_seed(stream_seed(seed, stream, *keys))


def seed_default_generators(seed: int, stream: Stream, *keys: int) -> None:
    """Seed torch's default generators (dropout, initial weights, losses that draw noise) from one named stream."""
    import torch

    value = stream_seed(seed, stream, *keys)
    if torch.accelerator.is_available():
        torch.manual_seed(value)
    else:  # ten times as fast: torch notes the call stack for devices that are not there
        torch.default_generator.manual_seed(value)
