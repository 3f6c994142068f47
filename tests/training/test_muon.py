"""Muon for kernels: the steps are timm's, in either memory format, and go on where they stopped."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from timm.optim.muon import Muon
from torch import nn

from imbalearn_torch.training.muon import KernelMuon, orthogonalised

SHAPES = [(16, 1, 3, 3), (16, 3, 3, 3), (8, 16, 3, 3), (2, 1, 3, 3), (600, 1, 2, 2), (5, 4, 1, 1)]
FORMATS = [torch.contiguous_format, torch.channels_last]


def kernels(memory_format: torch.memory_format) -> list[nn.Parameter]:
    draw = torch.Generator().manual_seed(0)
    return [nn.Parameter(torch.randn(shape, generator=draw).to(memory_format=memory_format)) for shape in SHAPES]


def gradients(step: int, memory_format: torch.memory_format) -> list[torch.Tensor]:
    draw = torch.Generator().manual_seed(1 + step)
    return [torch.randn(shape, generator=draw).to(memory_format=memory_format) for shape in SHAPES]


def walk(
    optimizer: torch.optim.Optimizer, trained: list[nn.Parameter], steps: range, memory_format: torch.memory_format
) -> None:
    for step in steps:
        for kernel, gradient in zip(trained, gradients(step, memory_format), strict=True):
            kernel.grad = gradient
        optimizer.param_groups[0]["lr"] = 0.1 / (1 + step)
        optimizer.step()


@pytest.mark.parametrize("memory_format", FORMATS)
def test_the_steps_are_timms(memory_format: torch.memory_format) -> None:
    ours, theirs = kernels(memory_format), kernels(torch.contiguous_format)
    walk(KernelMuon(ours, lr=0.1, momentum=0.9, weight_decay=0.3), ours, range(3), memory_format)
    # Left to itself, timm trains some shapes by Adam, and takes five sets of coefficients of its own.
    peer = Muon(
        [{"params": theirs, "use_muon": True}],
        lr=0.1,
        momentum=0.9,
        weight_decay=0.3,
        nesterov=True,
        ns_coefficients="original",
        adjust_lr_fn="match_rms_adamw",
    )
    walk(peer, theirs, range(3), torch.contiguous_format)
    for mine, other in zip(ours, theirs, strict=True):
        # Theirs is computed in bfloat16, which has 8 bits.
        torch.testing.assert_close(mine.detach(), other.detach(), atol=0.02, rtol=0)
        assert mine.is_contiguous(memory_format=memory_format) or mine.shape[1] == 1


@pytest.mark.parametrize("shape", SHAPES)
def test_every_kernel_is_orthogonalised(shape: tuple[int, ...]) -> None:
    kernel = nn.Parameter(torch.zeros(shape))
    made = KernelMuon([kernel], lr=1.0, momentum=0.9, weight_decay=0.0)
    kernel.grad = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    made.step()
    # Newton-Schulz leaves singular values near 1, times 0.2 sqrt(longer side) (Liu 2025, arXiv:2502.16982, equation 4).
    matrix = kernel.detach().flatten(1) / (0.2 * max(shape[0], kernel[0].numel()) ** 0.5)
    values = torch.linalg.svdvals(matrix)
    assert 0.6 < float(values.min()) <= float(values.max()) < 1.3


@pytest.mark.parametrize(("dtype", "error"), [(torch.float64, 1e-12), (torch.float32, 1e-4)])
def test_singular_values_follow_jordans_polynomial(dtype: torch.dtype, error: float) -> None:
    matrices = torch.randn(3, 5, 8, generator=torch.Generator().manual_seed(0), dtype=dtype)
    left, values, right = torch.linalg.svd(matrices, full_matrices=False)
    values = values / matrices.flatten(1).norm(dim=1)[:, None]
    for _ in range(5):
        values = 3.4445 * values - 4.7750 * values**3 + 2.0315 * values**5
    torch.testing.assert_close(orthogonalised(matrices), left @ values.diag_embed() @ right, atol=error, rtol=0)
    torch.testing.assert_close(orthogonalised(matrices.mT), orthogonalised(matrices).mT, atol=0, rtol=0)


def test_a_kernel_in_no_usual_memory_format_is_trained_too() -> None:
    kernel = nn.Parameter(torch.zeros(3, 3, 8, 4).permute(2, 3, 0, 1).transpose(2, 3))
    assert not kernel.is_contiguous()
    made = KernelMuon([kernel], lr=1.0, momentum=0.9, weight_decay=0.0)
    kernel.grad = torch.ones_like(kernel)
    made.step()
    assert float(kernel.detach().abs().min()) > 0


@pytest.mark.parametrize("memory_format", FORMATS)
def test_the_state_goes_on_to_the_same_bits(memory_format: torch.memory_format) -> None:
    whole, parts = kernels(memory_format), kernels(memory_format)
    made = partial(KernelMuon, lr=0.1, momentum=0.9, weight_decay=0.3)
    walk(made(whole), whole, range(4), memory_format)
    first = made(parts)
    walk(first, parts, range(2), memory_format)
    second = made(parts)
    second.load_state_dict(first.state_dict())
    assert second.param_groups[0]["lr"] == first.param_groups[0]["lr"]
    walk(second, parts, range(2, 4), memory_format)
    assert all(torch.equal(*pair) for pair in zip(whole, parts, strict=True))


def test_a_kernel_without_gradient_stays() -> None:
    moved, still = nn.Parameter(torch.ones(4, 3, 3, 3)), nn.Parameter(torch.ones(4, 3, 3, 3))
    made = KernelMuon([moved, still], lr=0.1, momentum=0.9, weight_decay=0.1)
    moved.grad = torch.ones_like(moved)
    made.step()
    assert torch.equal(still, torch.ones_like(still))
    assert not torch.equal(moved, torch.ones_like(moved))
