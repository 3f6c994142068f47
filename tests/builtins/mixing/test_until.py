import pytest
import torch

from imbalearn_builtins.mixing.until import MixUntil, epoch_at
from imbalearn_torch import Batch, Mixed, errors


class Dark(MixUntil):
    """Black images, when it mixes."""

    def mix(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        return Mixed(torch.zeros_like(a.images), a.targets, b.targets, torch.zeros(len(a.targets)))


@pytest.mark.parametrize(("fraction", "epoch"), [(0.0, 0), (0.25, 2), (0.35, 4), (0.985, 10), (1.0, 10)])
def test_fractions_are_rounded_as_python_rounds(fraction: float, epoch: int) -> None:
    assert epoch_at(fraction, 10, "stop") == epoch  # round(2.5) = 2, round(3.5) = 4


def test_from_begin_to_end_it_mixes() -> None:
    mix = Dark(epochs=10, stop=0.7)
    mix.begin = 2
    batch, mixed = Batch(torch.ones(1, 1), torch.tensor([0])), []
    for epoch in range(10):
        mix.set_epoch(epoch)
        mixed.append(bool(mix(batch, batch, torch.Generator()).lam[0] == 0))
    assert mixed == [False] * 2 + [True] * 5 + [False] * 3


def test_the_error_names_the_option() -> None:
    with pytest.raises(errors.OptionError, match=r"Expected `start` to be in \[0, 1\], but got 2"):
        epoch_at(2, 10, "start")
