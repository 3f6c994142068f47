"""A peer and ours in turns, and what stands in the JSON of it."""

import itertools
import os
from pathlib import Path

import pytest

from benchmarks import harness
from benchmarks.harness import compared, marked, paired


def test_how_much_more_ours_costs_is_judged_from_above() -> None:
    found = compared([2.0, 3.0, 4.0], [2.0, 2.0, 2.0], at_most=1.5)
    assert found["ratios"] == [1.0, 1.5, 2.0]
    assert (found["ratio"], found["low"], found["high"]) == (1.5, 1.0, 2.0)
    assert (found["sense"], found["bound"], found["met"]) == ("<=", 1.5, True)
    assert found["seconds"] == {"ours": 3.0, "peer": 2.0}


def test_how_many_times_faster_ours_is_is_judged_from_below() -> None:
    found = compared([1.0, 2.0], [5.0, 4.0], at_least=4.0)
    assert (found["ratios"], found["ratio"]) == ([5.0, 2.0], 3.5)
    assert (found["sense"], found["met"]) == (">=", False)


@pytest.mark.parametrize("bounds", [{}, {"at_most": 1.0, "at_least": 1.0}])
def test_there_is_one_bound(bounds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="one of them"):
        compared([1.0], [1.0], **bounds)


def test_a_figure_that_is_no_ratio_keeps_its_unit() -> None:
    assert marked(3.5, "s", at_most=3.0) == {"value": 3.5, "unit": "s", "bound": 3.0, "sense": "<=", "met": False}


def test_the_two_take_turns_and_each_begins_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    ticks = itertools.count()
    monkeypatch.setattr(harness.time, "perf_counter", lambda: float(next(ticks)))
    found = paired(lambda: done.append("a"), lambda: done.append("b"), 4, at_most=1.0)
    assert "".join(done) == "ab" + "ab" + "ba" + "ab" + "ba"  # once each to warm up
    assert found["ratios"] == [1.0] * 4  # by this clock everything takes one tick


def test_the_header_says_how_many_cores_there_were() -> None:
    assert harness.header()["environment"]["cores"] == len(os.sched_getaffinity(0))


def test_a_kept_run_is_named_with_the_day_it_ended(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"environment": {"torch": "2.9"}, "metrics": {}}')
    (tmp_path / "manifest.json").touch()
    os.utime(tmp_path / "manifest.json", (0, 43_200))  # noon, 1 January 1970
    harness.runs_read()
    assert harness.finished_run(tmp_path)["metrics"] == {}
    run = {"name": tmp_path.name, "ended": "1970-01-01", "environment": {"torch": "2.9"}}
    assert harness.runs_read() == [run]
    assert harness.runs_read() == []
