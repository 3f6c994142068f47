"""A plugin in an interpreter of its own: timed there, and whatever it does there is an answer."""

import os
import sys
import time
from pathlib import Path

import pytest
from fake_site import HEADER, FakeSite, offers
from faulty_plugins import FAULTS, GOOD

from imbalearn_torch.conformance.probe import HEAVY, Probe, Target, probe
from imbalearn_torch.plugin.discovery import find_entry_points


def target_of(name: str) -> Target:
    return Target(name, "1.0", tuple(find_entry_points()[name]))


def probe_of(site: FakeSite, source: str, timeout: float = 60) -> Probe:
    site.install("tried", source)
    return probe(target_of("tried"), timeout)


def test_a_sound_plugin(site: FakeSite) -> None:
    record = "Component(name='mine', factory='no_such_module:x', aliases=('my-own',))"
    found = probe_of(site, f"@hookimpl\ndef imbalearn_losses():\n    yield {record}\n" + offers("mixes", "mine"))
    assert found.seconds is not None
    assert 0 < found.seconds < 1
    assert (found.died, found.heavy, found.errors, found.loads) == (None, (), (None,), True)
    assert found.names == (("mix", "mine"), ("loss", "mine"), ("loss", "my-own"))
    assert "tried" not in sys.modules


@pytest.mark.parametrize("fault", ["ImportError", "an exception of its own", "misspelt hook", "exits in a hook"])
def test_a_plugin_that_fails_tells_the_cause(site: FakeSite, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    monkeypatch.setenv("IMBALEARN_PLUGIN_ERRORS", "raise")  # for the process of the author, not for this one
    source, cause = FAULTS[fault]
    found = probe_of(site, source)
    (error,) = found.errors
    assert cause in (error or "")
    assert (found.died, found.names, found.loads) == (None, (), False)


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import os\nprint('bye', flush=True)\nos._exit(0)", "it ended the interpreter with exit code 0 while it was"),
        ("import os\nprint('bye', flush=True)\nos._exit(3)", "code 3 while it was loaded; the last line it wrote: bye"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "the interpreter was ended by SIGSEGV while"),
        ("raise KeyboardInterrupt", "the last line it wrote: KeyboardInterrupt"),
    ],
)  # fmt: skip
def test_a_plugin_that_ends_its_interpreter(site: FakeSite, source: str, cause: str) -> None:
    found = probe_of(site, source)
    assert cause in (found.died or "")
    assert (found.seconds, found.errors, found.loads) == (None, (), False)


def test_a_plugin_that_hangs_is_given_up(site: FakeSite) -> None:
    # 3 s for an interpreter to start and to reach the sleep
    found = probe_of(
        site, "import os, time\nPath(__file__).with_name('pid').write_text(str(os.getpid()))\ntime.sleep(99)", 3
    )
    assert found == Probe(died="it was not loaded within 3 s")
    with pytest.raises(ProcessLookupError):
        os.kill(int((site.folder / "pid").read_text()), 0)


@pytest.mark.parametrize(
    "source",
    [
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()",
        "import subprocess\nsubprocess.Popen(['sleep', '99'])",
        "import atexit, time\natexit.register(time.sleep, 99)",
    ],
    ids=["thread", "process", "exit handler"],
)
def test_what_a_plugin_leaves_running_is_not_waited_for(site: FakeSite, source: str) -> None:
    start = time.monotonic()
    assert probe_of(site, source + "\n" + GOOD).loads
    assert time.monotonic() - start < 50


def test_there_is_nobody_to_answer_questions(site: FakeSite) -> None:
    assert probe_of(site, "input('name? ')").errors == ("EOFError: EOF when reading a line",)


@pytest.mark.parametrize("place", ["at its top", "in a hook"])
def test_heavy_packages_are_named(site: FakeSite, place: str) -> None:
    site.write("seaborn/__init__.py", "import polars")
    site.write("polars.py", "")
    source = (
        f"import seaborn\n{GOOD}"
        if place == "at its top"
        else GOOD.replace("    yield", "    import seaborn\n    yield")
    )
    found = probe_of(site, source)
    assert set(found.heavy) == {"seaborn", "polars"} < set(HEAVY)


def test_a_slow_import_is_timed(site: FakeSite) -> None:
    found = probe_of(site, "import time\ntime.sleep(0.3)\n" + GOOD)
    assert found.seconds is not None
    assert 0.3 <= found.seconds < 3


def test_several_entry_points(site: FakeSite) -> None:
    header = "from imbalearn_torch import Component, hookimpl\n"
    site.write("first.py", header + offers("losses", "one"))
    site.write("second.py", header + offers("losses", "one"))
    site.write("third.py", header + offers("mixes", "three"))
    site.describe("many", "[imbalearn_torch]\na = first\nb = second\nc = third\nd = fourth\n")
    found = probe(target_of("many"))
    assert [error and error.partition(":")[0] for error in found.errors] == [
        None,
        "another plugin of 'many' already offers loss 'one'",
        None,
        "ModuleNotFoundError",
    ]
    assert found.names == (("loss", "one"), ("mix", "three"))


def test_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FakeSite(tmp_path).write("my_file.py", HEADER + GOOD)
    monkeypatch.chdir(tmp_path)
    assert probe(Target("local", file=Path("my_file.py"))).names == (("loss", "good"),)
    assert "no such file" in (probe(Target("local", file=Path("absent.py"))).errors[0] or "")


def test_the_answer_is_the_same_in_both_processes(site: FakeSite) -> None:
    site.install("tried", "raise ImportError('no luck')")
    (plugin,) = target_of("tried").load()
    assert probe(target_of("tried")).errors == (plugin.error,)
