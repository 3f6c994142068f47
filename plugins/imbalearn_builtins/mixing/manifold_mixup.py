"""Manifold mixup."""

from __future__ import annotations

from imbalearn_builtins.mixing.mixup import Mixup

__all__ = ["ManifoldMixup"]


class ManifoldMixup(Mixup):
    """Mixup of the activations of a hidden stage of the backbone, drawn anew in every step.

        h = lam h_a + (1 - lam) h_b,    lam ~ Beta(alpha, alpha), one for each sample

    The training loop draws the stage and runs the rest of the network on h; a backbone without `stages` is refused.

    Shapes: activations `[B, ...]` of a floating type, whose type, device and memory format are kept; targets int64
    `[B]`; lam float32 `[B]`, the share of h_a and of its label in the loss.

    Args:
        epochs: Epochs of the training, of which `stop` is a fraction.
        alpha: > 0; 1 draws lam uniformly, the 2 of [1] mixes more evenly.
        stop: Nothing is mixed from epoch `round(stop * epochs)` on.

    Raises:
        OptionError: An option is outside its range.

    References:
        [1] Verma, Lamb, Beckham, Najafi, Mitliagkas, Lopez-Paz, Bengio. Manifold Mixup: Better Representations by
            Interpolating Hidden States. ICML 2019, arXiv:1806.05236.

    >>> mix = ManifoldMixup()
    >>> mix.hidden, mix.alpha
    (True, 2.0)
    """

    hidden = True

    def __init__(self, *, epochs: int = 1, alpha: float = 2.0, stop: float = 1.0) -> None:
        super().__init__(epochs=epochs, alpha=alpha, stop=stop)
