"""Mixup."""

from __future__ import annotations

import torch
from torch import Tensor

from imbalearn_builtins.mixing.until import MixUntil
from imbalearn_builtins.ranges import check_positive
from imbalearn_torch import Batch, Mixed, sample_beta

__all__ = ["Mixup", "blend"]


def blend(images: Tensor, others: Tensor, lam: Tensor) -> Tensor:
    """lam images + (1 - lam) others, in the type and memory format of `images`.

    Args:
        images: Floating, `[B, ...]`.
        others: As `images`.
        lam: On the same device, `[B]`.
    """
    share = lam.to(images.dtype).view(-1, *[1] * (images.dim() - 1))
    return torch.lerp(others, images, share)


class Mixup(MixUntil):
    """Convex combinations of two images and of their labels.

        x = lam x_a + (1 - lam) x_b,    lam ~ Beta(alpha, alpha), one for each sample

    Under the sampler `balanced` this is what practitioners call balanced mixup; `balanced-mixup` is another method.

    Shapes: images `[B, C, H, W]` or `[B, D]` of a floating type, whose type, device and memory format are kept;
    targets int64 `[B]`; lam float32 `[B]`, the share of x_a in the picture and of its label in the loss.

    Args:
        epochs: Epochs of the training, of which `stop` is a fraction.
        alpha: > 0; small values leave most images nearly as they are, 1 draws lam uniformly.
        stop: Nothing is mixed from epoch `round(stop * epochs)` on.

    Raises:
        OptionError: An option is outside its range.

    References:
        [1] Zhang, Cisse, Dauphin, Lopez-Paz. mixup: Beyond Empirical Risk Minimization. ICLR 2018, arXiv:1710.09412.

    >>> a, b = Batch(torch.ones(1, 1), torch.tensor([1])), Batch(torch.zeros(1, 1), torch.tensor([0]))
    >>> mixed = Mixup()(a, b, torch.Generator().manual_seed(0))
    >>> bool(mixed.images[0, 0] == mixed.lam[0])
    True
    """

    def __init__(self, *, epochs: int = 1, alpha: float = 1.0, stop: float = 1.0) -> None:
        super().__init__(epochs=epochs, stop=stop)
        self.alpha = check_positive("alpha", alpha)

    def share(self, size: int, generator: torch.Generator) -> Tensor:
        """The share of x_a in each picture, float32 `[B]`, on the CPU."""
        return sample_beta(self.alpha, self.alpha, size, generator)

    def mix(self, a: Batch, b: Batch, generator: torch.Generator) -> Mixed:
        lam = self.share(a.images.shape[0], generator).to(a.images.device)
        return Mixed(blend(a.images, b.images, lam), a.targets, b.targets, lam)
