import os
from pathlib import Path

import numpy as np

from imbalearn_torch.data import memory
from imbalearn_torch.data.memory import available_memory, release_unused


def test_it_is_within_the_memory_of_the_machine():
    free = available_memory()
    assert free is not None
    assert 2**20 < free <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_a_control_group_limits_it_and_its_page_cache_does_not_count(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 600\ninactive_file 300\n")
    (tmp_path / "memory.max").write_text("1000\n")
    assert available_memory() == 1000 - 900 + 300
    (tmp_path / "memory.max").write_text("max\n")
    assert (available_memory() or 0) > 1000


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_freed_memory_between_what_is_kept_goes_back_to_the_system():
    blocks = [np.ones(2**16, dtype=np.uint8) for _ in range(1000)]  # 62.5 MB
    kept = blocks[::10]
    del blocks
    before = resident()
    release_unused()
    assert before - resident() > 40 * 2**20
    assert sum(int(block.sum()) for block in kept) == 100 * 2**16


def test_another_c_library_keeps_it(monkeypatch):
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: object())
    release_unused()
