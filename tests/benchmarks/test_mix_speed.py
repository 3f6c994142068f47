"""One comparison of the measurement, small: every figure is there, and what is compared is mixed."""

from __future__ import annotations

import torch

from benchmarks.mix_speed import _compare, _in_turns


def test_every_peer_is_compared() -> None:
    found = _compare("cutmix", 4, 32, torch.channels_last, 1)
    assert set(found) == {
        "mix_beside_torchvision",
        "whole_beside_torchvision",
        "whole_beside_timm_batch",
        "whole_beside_timm_elem",
    }
    for name, each in found.items():
        assert each["ratio"] == each["seconds"]["ours"] / each["seconds"]["peer"], name


def test_works_take_turns_in_both_orders() -> None:
    called: list[str] = []
    seconds = _in_turns(2, 2, lambda: called.append("a"), lambda: called.append("b"))
    assert called == ["a", "a", "b", "b", "b", "b", "a", "a", "a", "a", "b", "b"]
    assert [len(each) for each in seconds] == [2, 2]
