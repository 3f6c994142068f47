import os

from imbalearn_torch.data import memory
from imbalearn_torch.data.memory import available_memory


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
