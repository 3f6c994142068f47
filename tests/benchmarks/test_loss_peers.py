"""The losses that are compared agree, with those packages that are installed."""

from __future__ import annotations

import pytest
import torch

from benchmarks.loss_peers import gradient, measure, peers


def test_value_and_gradient_of_one_loss() -> None:
    logits = torch.tensor([[1.0, 2.0]], requires_grad=True)
    value, grad = gradient(lambda z, y: (z[0, y] ** 2).sum(), logits, torch.tensor([1]))
    assert (value.item(), grad.tolist()) == (4.0, [[0.0, 4.0]])
    assert logits.grad is None


def test_without_the_peers_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [])  # where distributions are looked for
    with pytest.raises(SystemExit, match=r"^this measurement needs .*: pip install 'imbalearn-torch\[bench\]'$"):
        measure(quick=True)


def test_ours_are_theirs() -> None:
    pytest.importorskip("balanced_loss")
    pytest.importorskip("imbalanced_losses")
    logits = torch.randn(9, 5, generator=torch.Generator().manual_seed(3), dtype=torch.float64).requires_grad_()
    targets = torch.tensor([0, 1, 2, 3, 4, 4, 3, 0, 2])
    for name, peer in peers(5).items():
        pairs = zip(gradient(peer.ours, logits, targets), gradient(peer.theirs, logits, targets), strict=True)
        for ours, theirs in pairs:
            # float32 weights on both sides
            torch.testing.assert_close(peer.factor * ours, theirs, rtol=1e-5, atol=1e-7, msg=name, check_dtype=False)
