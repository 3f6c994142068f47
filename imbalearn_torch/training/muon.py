"""Muon for the kernels of convolutions.

torch's takes matrices only, and torch's and timm's go from kernel to kernel: on a CPU, ResNet20 then spends as much
time on the optimiser as on a third of the backward pass. Kernels of one shape are orthogonalised together here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

__all__ = ["KernelMuon"]

_STEPS, _COEFFICIENTS, _SMALLEST = 5, (3.4445, -4.7750, 2.0315), 1e-7


class KernelMuon(Optimizer):
    """Muon (Jordan 2024, kellerjordan.github.io/posts/muon): the momentum of each kernel, orthogonalised.

    A kernel `[O, C, H, W]` is a matrix `[O, C*H*W]`; its step is `0.2 sqrt(max(O, C*H*W)) lr` in every direction,
    about what Adam's would be (Liu 2025, arXiv:2502.16982).

    Args:
        kernels: What is trained.
        lr: Learning rate.
        momentum: Of Nesterov's kind, in [0, 1).
        weight_decay: Decoupled.
    """

    def __init__(self, kernels: Sequence[nn.Parameter], *, lr: float, momentum: float, weight_decay: float) -> None:
        super().__init__(kernels, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Update every kernel that has a gradient."""
        loss = None if closure is None else torch.enable_grad()(closure)()
        for group in self.param_groups:
            alike: dict[tuple[int, ...], list[Tensor]] = defaultdict(list)
            for kernel in group["params"]:
                if kernel.grad is not None:
                    alike[kernel.shape[0], kernel[0].numel()].append(kernel)
            for shape, kernels in alike.items():
                ahead = [self._ahead(kernel, group["momentum"]).flatten(1) for kernel in kernels]
                directions = orthogonalised(torch.stack(ahead))
                rate = group["lr"] * 0.2 * max(shape) ** 0.5
                for kernel, direction in zip(kernels, directions, strict=True):
                    kernel.mul_(1 - group["lr"] * group["weight_decay"])
                    kernel.sub_(direction.view(kernel.shape), alpha=rate)
        return loss

    def _ahead(self, kernel: Tensor, momentum: float) -> Tensor:
        """The gradient, moved towards its running mean as Nesterov does."""
        gradient, state = kernel.grad, self.state[kernel]
        assert gradient is not None
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(gradient)
        state["momentum"].lerp_(gradient, 1 - momentum)
        return gradient.lerp(state["momentum"], momentum)


def orthogonalised(matrices: Tensor) -> Tensor:
    """The nearest matrices with orthogonal rows (or columns), roughly: singular values of about .7 to 1.2.

    Five quintic Newton-Schulz steps with Jordan's coefficients.

    Args:
        matrices: `[n, R, C]`.

    Returns:
        `[n, R, C]`, of the same type.
    """
    a, b, c = _COEFFICIENTS
    # GPUs have the speed in bfloat16; on CPUs float32 is as fast, and float64 stays what it is.
    dtype = torch.bfloat16 if matrices.is_cuda and matrices.dtype is torch.float32 else matrices.dtype
    tall = matrices.shape[1] > matrices.shape[2]
    x = (matrices.mT if tall else matrices).to(dtype)
    x = x / torch.linalg.matrix_norm(x, keepdim=True).clamp_min(_SMALLEST)
    for _ in range(_STEPS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.mT if tall else x).to(matrices.dtype)
