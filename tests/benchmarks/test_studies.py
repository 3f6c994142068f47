"""The queue of the studies: what it lists, how runs are made and gone on with, what is made of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.studies import lanes
from benchmarks.studies.figures import study_of_transfer, study_record
from benchmarks.studies.lanes import run_lanes
from benchmarks.studies.queue import Queue, QueuedRun, RunState, read_queue
from benchmarks.studies.tables import DOCS, FOLDER, STUDIES, committed, table, updated

QUEUE = """
schema_version = 1
runs = [
    { study = "c", method = "baseline", recipe = "study-c-baseline", seed = 0, epochs = 1, minutes = 1 },
    { study = "c", method = "focal", recipe = "study-c-focal", seed = 0, epochs = 1, minutes = 1 },
    { study = "c", method = "baseline", recipe = "study-c-baseline", seed = 1, epochs = 1, minutes = 1 },
    { study = "c", method = "focal", recipe = "study-c-focal", seed = 1, epochs = 1, minutes = 1 },
]
[studies.c]
title = "a trial"
data = "digits"
options = { schedule = "one-cycle" }
"""


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Queue:
    monkeypatch.setenv("IMBALEARN_SHARED", str(tmp_path))
    file = tmp_path / "queue.toml"
    file.write_text(QUEUE, encoding="utf-8")
    return read_queue(file, tmp_path / "runs")


def leave(queue: Queue, run: QueuedRun, macro_f1: float | None = None) -> dict[str, Any]:
    """A run folder as a run leaves it; begun, or finished with a figure."""
    import tomli_w

    run.place.mkdir(parents=True, exist_ok=True)
    (run.place / "config.toml").write_text(tomli_w.dumps(run.saved(queue.studies[run.study])), encoding="utf-8")
    test = {"macro_f1": macro_f1, "accuracy": macro_f1, "worst_class_recall": 0.0, "per_class": [{"recall": macro_f1}]}
    timing = {"train_seconds": 50.0, "total_seconds": 60.0}
    result = {"metrics": {"test": test}, "timing": timing, "selected_on_test": False, "data": {"train_counts": [1]}}
    if macro_f1 is not None:
        row = {"epoch": 0, "val_macro_f1": macro_f1 - 0.1}
        (run.place / "metrics.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
        (run.place / "result.json").write_text(json.dumps(result), encoding="utf-8")
        (run.place / "manifest.json").write_text("{}", encoding="utf-8")
    return result


def test_the_committed_queue_is_sound_and_pairs_seeds() -> None:
    queue = read_queue()
    seeds: dict[tuple[str, str], set[int]] = {}
    for run in queue.runs:
        seeds.setdefault((run.study, run.method), set()).add(run.seed)
    assert {key[0] for key in seeds} == {"c", "lt", "a", "c-own"}
    for study in queue.studies:
        assert len({frozenset(each) for key, each in seeds.items() if key[0] == study}) == 1
    equal = [run.saved(queue.studies["c"]) for run in queue.of("c")]
    for option in ("epochs", "batch_size", "optimizer", "lr", "weight_decay", "schedule", "augment", "backbone"):
        assert len({str(saved[option]) for saved in equal}) == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("study-c-focal", "study-c-focl", "did you mean"),
        ('study = "c"', 'study = "d"', "is of no study"),
        ("seed = 1", "seed = 0", "more than once"),
        ("minutes = 1 }", "minutes = 1, options = { losss = 2 } }", "losss"),
        ("epochs = 1", "epochs = 0", "greater than or equal to 1"),
        ("runs = [", "runs = ", "cannot be read"),
        ("schema_version = 1", "schema_version = 2", "schema_version"),
    ],
)
def test_a_mistake_in_the_queue_is_found_before_any_run(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = tmp_path / "queue.toml"
    file.write_text(QUEUE.replace(old, new), encoding="utf-8")
    with pytest.raises((SystemExit, ValueError), match=message):
        read_queue(file, tmp_path)


def test_states_tell_how_far_a_run_has_come(queue: Queue) -> None:
    first, second, third, fourth = queue.runs
    leave(queue, first, 0.5)
    leave(queue, second)
    leave(queue, third)
    third.failure.write_text("{}", encoding="utf-8")
    states = [queue.state(run) for run in queue.runs]
    assert states == [RunState.DONE, RunState.BEGUN, RunState.FAILED, RunState.MISSING]
    for changed in ({"epochs": 7}, {"options": {"precision": "bf16"}}):
        assert first.model_copy(update=changed).state(queue.studies["c"]) is RunState.OTHER
    assert fourth.name == "c-focal-1"


def test_lanes_make_what_is_missing_once_and_a_failure_holds_up_nobody(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(queue, queue.runs[0], 0.5)
    made: list[str] = []

    def finished_run(folder: Path, *words: str) -> dict[str, Any]:
        assert words[:2] == ("--recipe", "study-c-focal" if "focal" in folder.name else "study-c-baseline")
        made.append(folder.name)
        if folder.name == "c-focal-0":
            raise subprocess.CalledProcessError(3, "imbalearn")
        return leave(queue, next(run for run in queue.runs if run.place == folder), 0.5)

    monkeypatch.setattr(lanes, "finished_run", finished_run)
    said: list[str] = []
    run_lanes(queue, list(queue.runs), 2, said.append)
    run_lanes(queue, list(queue.runs), 2, said.append)
    assert sorted(made) == ["c-baseline-1", "c-focal-0", "c-focal-1"]
    assert queue.state(queue.runs[1]) is RunState.FAILED


def test_an_interrupt_stops_the_lane(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def finished_run(folder: Path, *_: str) -> dict[str, Any]:
        made.append(folder.name)
        raise subprocess.CalledProcessError(130, "imbalearn")

    monkeypatch.setattr(lanes, "finished_run", finished_run)
    run_lanes(queue, list(queue.runs), 1, lambda _: None)
    assert made == ["c-baseline-0"]


def test_a_run_that_another_process_works_on_is_left_to_it(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr(lanes, "finished_run", lambda *_: pytest.fail("it was begun a second time"))
    run, said = queue.runs[0], []
    run.folder.mkdir(parents=True)
    with FileLock(run.folder / f".{run.name}.lock"):
        run_lanes(queue, [run], 1, said.append)
    assert said == ["c-baseline-0: another process works on it"]


def test_figures_are_of_finished_runs_only(queue: Queue) -> None:
    for run, value in zip(queue.runs[:3], (0.5, 0.6, 0.7), strict=True):
        leave(queue, run, value)
    record = study_record(queue, "c")
    assert record["not_run"] == ["c-focal-1"]
    baseline, focal = record["rows"]
    assert baseline["figures"]["macro_f1"]["values"] == [0.5, 0.7]
    assert [row["val_macro_f1"] for [row] in baseline["histories"]] == pytest.approx([0.4, 0.6])
    # t(0.975, 1 degree of freedom) = 12.706, standard error 0.1
    assert baseline["figures"]["macro_f1"]["high"] == pytest.approx(0.6 + 12.706 * 0.1, abs=1e-3)
    assert focal["difference"]["macro_f1"]["mean"] == pytest.approx(0.1)  # of seed 0 alone
    shown = table(record)
    assert "Not run: c-focal-1." in shown
    assert "| focal | 0.6000 | 60.0 | 0.0 | +0.1000 | – | 0.7188 | 0 | 1.0 |" in shown


def test_the_last_epoch_stands_beside_the_one_that_was_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMBALEARN_SHARED", str(tmp_path))
    (tmp_path / "queue.toml").write_text(QUEUE.replace('"c"', '"c-own"').replace("studies.c", "studies.c-own"))
    queue = read_queue(tmp_path / "queue.toml", tmp_path / "runs")
    leave(queue, queue.runs[0], 0.5)
    assert study_record(queue, "c-own")["rows"][0]["figures"]["last_macro_f1"]["values"] == pytest.approx([0.4])


def test_the_winners_are_compared_with_the_baseline() -> None:
    for key in ("c", "c-own"):
        assert committed(key)["rows"][0]["method"] == "baseline"


def test_every_picture_is_on_the_page() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [
        each.name for each in FOLDER.glob("*.svg") if f"(../benchmarks/results/studies/{each.name})" not in text
    ] == []


def test_study_b_has_the_values_of_the_transfer_table() -> None:
    pytest.importorskip("statsmodels", reason="the extra `stats` is not installed")
    assert committed("b") == study_of_transfer()


@pytest.mark.parametrize("key", STUDIES)
def test_committed_tables_are_those_of_the_committed_figures(key: str) -> None:
    record = committed(key)
    assert (FOLDER / f"{key}.md").read_text(encoding="utf-8") == f"# {record['title']}\n\n{table(record)}\n"


def test_every_table_of_the_page_is_that_of_the_committed_figures() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert updated(text) == text


@pytest.mark.parametrize("key", [key for key in STUDIES if key != "b"])
def test_every_run_of_the_queue_is_in_the_table_or_named_as_not_run(key: str) -> None:
    record = committed(key)
    shown = {f"{key}-{row['method']}-{seed}" for row in record["rows"] for seed in row["seeds"]}
    everything = shown | {*record["not_run"], *record["failed"]}
    assert everything == {run.name for run in read_queue().of(key)}


def test_no_path_of_a_machine_is_committed() -> None:
    for key in STUDIES:
        assert "/work" not in json.dumps(committed(key)) and "/home" not in json.dumps(committed(key))
