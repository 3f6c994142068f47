"""Context-rich minority oversampling (CMO)."""

from __future__ import annotations

from imbalearn_builtins.mixing.cutmix import CutMix
from imbalearn_builtins.mixing.until import epoch_at
from imbalearn_torch import errors

__all__ = ["CMOMix"]


class CMOMix(CutMix):
    """A box of an image of any class, the rare as often as the frequent, pasted onto an image as it comes.

        x = x_b inside the box, x_a outside;    lam = 1 - area of the box inside the image / area of the image

    x_b is drawn with the weight 1 / n of its class, which is what the sampler `balanced` does; x_a is what the sampler
    of the run draws, `instance` unless it names another, and so brings the contexts of the frequent classes. Before
    clipping at the border a box covers a share ~ Beta(alpha, alpha) of the image, and its centre is uniform. Every
    sample has a box of its own and, with `prob`, a coin of its own.

    Shapes: images `[B, C, H, W]` of a floating type, whose type, device and memory format are kept; targets int64
    `[B]`; lam float32 `[B]`, the share of the label of x_a in the loss.

    Args:
        epochs: Epochs of the training, of which `start` and `stop` are fractions.
        alpha: > 0; 1 draws the area uniformly.
        prob: The probability that a sample is mixed.
        start: Nothing is mixed before epoch `round(start * epochs)`; the default is 3 epochs of 200.
        stop: Nothing is mixed from epoch `round(stop * epochs)` on; the default is 3 epochs of 200 before the end.

    Raises:
        OptionError: An option is outside its range, `start` is not before `stop` > 0, or the inputs are tables.

    References:
        [1] Park, Hong, Heo, Yun, Choi. The Majority Can Help the Minority: Context-rich Minority Oversampling for
            Long-tailed Classification. CVPR 2022, arXiv:2112.00412.

    >>> mix = CMOMix(epochs=200)
    >>> mix.partner, mix.begin, mix.end
    ('balanced', 3, 197)
    """

    partner = "balanced"

    def __init__(
        self,
        *,
        epochs: int,
        alpha: float = 1.0,
        prob: float = 0.5,
        start: float = 0.015,
        stop: float = 0.985,
    ) -> None:
        super().__init__(epochs=epochs, alpha=alpha, prob=prob, stop=stop)
        self.begin = epoch_at(start, epochs, "start")
        if 0 < stop <= start:
            raise errors.OptionError(f"Expected `start` to be < `stop`, but got start={start} and stop={stop}")
