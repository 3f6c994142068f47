"""The log-softmax of adjusted logits in one array: what the losses that shift, scale or cloud their logits share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

__all__ = ["adjusted_log_softmax", "log_softmax_", "log_softmax_backward"]


def adjusted_log_softmax(
    logits: Tensor, adjust: Callable[[Tensor], Tensor], slope: Tensor | float | None = None
) -> Tensor:
    """log_softmax(adjust(logits)) over the classes, differentiable in the logits.

    Args:
        logits: `[B, K]`, float32 or wider.
        adjust: Gives a fresh array `[B, K]`: `slope` times its argument, plus what is held constant.
        slope: The derivative of what `adjust` gives; a number, or one for each class `[K]`; None: 1.

    Returns:
        `[B, K]`, of the type of the logits.
    """
    return _AdjustedLogSoftmax.apply(logits, adjust, slope)  # pyright: ignore[reportReturnType]


def log_softmax_(array: Tensor) -> Tensor:
    """log_softmax over the classes of an array `[B, K]`, which may be overwritten; outside autograd."""
    # Only the CPU's kernel is known to have read a row before it writes it.
    return torch.log_softmax(array, 1, out=array if array.device.type == "cpu" else None)


def log_softmax_backward(grad: Tensor, log_p: Tensor) -> Tensor:
    """The gradient for what `log_p` is the log-softmax of, from that for `log_p`: both `[B, K]`, differentiable."""
    return torch.ops.aten._log_softmax_backward_data(grad, log_p, 1, log_p.dtype)


class _AdjustedLogSoftmax(torch.autograd.Function):
    """One array in the forward pass and one in the backward pass, where autograd would keep one for each operation.

    On a CPU a second array of [1024, 1000] makes the forward pass 1.4 times as long, and several times as long where
    the C library returns its pages to the system after each call. There is no `setup_context`, since with one torch
    inspects the signature at each call, which costs tens of microseconds; the price is that transforms of torch.func
    refuse the function.
    """

    @staticmethod
    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, logits: Tensor, adjust: Callable[[Tensor], Tensor], slope: Tensor | float | None
    ) -> Tensor:
        log_p = log_softmax_(adjust(logits))
        ctx.slope = slope
        ctx.save_for_backward(log_p)
        return log_p

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        (log_p,) = ctx.saved_tensors
        grad = log_softmax_backward(grad, log_p)
        return grad if ctx.slope is None else grad.mul_(ctx.slope), None, None
