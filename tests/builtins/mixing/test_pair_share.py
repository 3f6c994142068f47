import pytest
import torch
from torch import Tensor

from imbalearn_builtins.mixing.pair_share import PairShareMixup
from imbalearn_torch import Batch, errors


class Ratio(PairShareMixup):
    """Shows what it is given."""

    def label_share(self, share: Tensor, ratio: Tensor) -> Tensor:
        self.given = share, ratio
        return share / 2


def test_a_pair_has_the_ratio_of_its_counts() -> None:
    mix = Ratio(class_counts=torch.tensor([8, 0, 2]), epochs=1, alpha=1.0, stop=1.0)
    a, b = Batch(torch.ones(4, 2), torch.tensor([0, 2, 1, 0])), Batch(torch.zeros(4, 2), torch.tensor([2, 0, 0, 0]))
    mixed = mix(a, b, torch.Generator().manual_seed(0))
    share, ratio = mix.given
    assert torch.equal(mixed.images[:, 0], share)
    assert torch.equal(mixed.lam, share / 2)
    assert ratio.tolist() == [4.0, 0.25, 0.125, 1.0]  # an absent class counts as one image
    assert (mixed.lam.dtype, ratio.dtype) == (torch.float32, torch.float32)


@pytest.mark.parametrize("counts", [[1.0, -1.0], [[1.0, 2.0]]])
def test_what_are_no_counts(counts: list) -> None:
    with pytest.raises(errors.DataError, match="Expected a count >= 0 for each class"):
        Ratio(class_counts=torch.tensor(counts), epochs=1, alpha=1.0, stop=1.0)
