from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_runs import TINY_WORDS

from imbalearn_torch.cli import app

LOSSES = ("--loss", "ce", "--loss", "balanced-softmax")


def compare(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["compare", *arguments], env={"COLUMNS": "100"})


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    out = tmp_path_factory.mktemp("compare") / "it"
    return out, compare(*TINY_WORDS, *LOSSES, "--seeds", "2", "--out", str(out))


def test_the_table_and_the_progress(done: tuple[Path, Result]) -> None:
    out, result = done
    assert result.exit_code == 0, result.output
    assert "loss=balanced-softmax" in result.stdout
    assert f"folder: {out}" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines() if "folder" not in line) <= 100
    assert "4/4 loss=balanced-softmax" in result.stderr
    assert "warning: only 2 seeds" in result.stderr


def test_the_same_command_repeats_nothing_and_gives_json(done: tuple[Path, Result]) -> None:
    out, _ = done
    again = compare(*TINY_WORDS, *LOSSES, "--seeds", "2", f"--out={out}", "--json")
    assert again.exit_code == 0, again.output
    record = json.loads(again.stdout)
    assert [row["name"] for row in record["rows"]] == ["loss=ce", "loss=balanced-softmax"]
    assert record["command"].endswith(f"--json --out {out}")
    assert record["command"].count("--out") == 1
    assert "4 runs, 4 of them done before" in again.stderr


def test_rows_come_in_the_order_of_the_command_line(tmp_path: Path) -> None:
    words = ("--loss", "ce", "--sampler", "balanced", "--loss", "focal", "--sampler", "instance")
    result = compare(*TINY_WORDS, *words, "--seeds", "7,8", "--out", str(tmp_path / "it"), "--dry-run", "--json")
    described = json.loads(result.stdout)
    assert [row["name"] for row in described["rows"]] == [
        "loss=ce, sampler=balanced",
        "loss=ce, sampler=instance",
        "loss=focal, sampler=balanced",
        "loss=focal, sampler=instance",
    ]
    assert described["rows"][0]["seeds"] == [7, 8]
    assert (described["runs"], described["steps"]) == (8, 8 * 16)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ((), ["loss=ce", "loss=balanced-softmax"]),
        (("--val-fraction", "0.2"), ["loss=ce", "loss=balanced-softmax"]),
        (("--mix", "mixup"), ["mix=mixup"]),
        (("--ema", "0", "--ema", "0.1"), ["ema=0", "ema=0.1"]),
        (("--recipe", "erm", "--data", "digits"), ["erm"]),
    ],
)
def test_methods_where_none_is_named(words: tuple[str, ...], names: list[str], tmp_path: Path) -> None:
    small = ("--imbalance", "step:ratio=2,n_max=10", "--backbone", "small-cnn", "--epochs", "1")
    small += ("--augment", "none", "--batch-size", "14")
    result = compare(*small, *words, "--out", str(tmp_path / "it"), "--dry-run", "--json")
    assert result.exit_code == 0, result.output
    rows = [row["name"] for row in json.loads(result.stdout)["rows"]]
    assert len(rows) == len(names)
    assert all(name in row.split(", ") for name, row in zip(names, rows, strict=True)), rows


def test_recipes_with_options_on_top(tmp_path: Path) -> None:
    words = ("--recipe", "erm", "--recipe", "ldam-drw", "--data", "digits", "--epochs", "1", "--batch-size", "14")
    words += ("--augment", "none", "--imbalance", "step:ratio=3,n_max=20", "--backbone", "small-cnn")
    result = compare(*words, "--out", str(tmp_path / "it"), "--dry-run")
    assert result.exit_code == 0, result.output
    # 10 classes of 20 or 6 images, all of them for training: 9 batches of 14.
    lines = [line.split("│")[1:5] for line in result.stdout.splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in line] for line in lines]
    assert cells == [["erm", "0, 1, 2", "9", "0"], ["ldam-drw", "0, 1, 2", "9", "0"]]


def test_quiet_says_nothing(done: tuple[Path, Result]) -> None:
    again = compare(*TINY_WORDS, *LOSSES, "--seeds", "2", "--out", str(done[0]), "--quiet")
    assert (again.exit_code, again.output) == (0, "")


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    words = ("--loss", "focl", "--sampler", "balancd", "--seeds", "a,b", "--jobs", "x", "--recipe", "nope")
    result = compare(*words, "--backend", "slurm", "--subset-seed", "y", "--out", str(tmp_path / "it"))
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert all(line.startswith("error: ") for line in lines)
    for start in ("no recipe named 'nope'", "--subset-seed expects", "--jobs expects", "--seeds expects", "--backend"):
        assert any(line.startswith(f"error: {start}") for line in lines), start
    assert [line for line in lines if "no loss named 'focl'" in line]
    assert [line for line in lines if "no sampler named 'balancd'" in line]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--seeds", "3", "--seed", "4"), "--seeds and --seed both say the seeds"),
        (("--loss", "ce", "--loss", "CE"), "the methods 'loss=ce' and 'loss=CE' are the same"),
        (("--seeds", "0"), "without a seed nothing is trained"),
        (("--seeds", "20261122"), "20261122 are too many, and the one seed 20261122 is written 20261122,"),
        (("--seeds", "9" * 30), "are too many"),
        (("--jobs", "-3"), "--jobs expects a whole number of at least 1, got '-3'"),
        (("--subset-seed", "-1"), "--subset-seed expects a whole number of at least 0, got '-1'"),
        (("--epochs", "1", "--epochs", "2"), "different numbers of optimiser steps"),
        (("--config", "none.toml"), "none.toml cannot be read"),
        (("--seeds", "0,9223372036854775808"), "'seed'"),
        (("--data", f"npz:path=/{'x' * 300}"), "cannot be read (File name too long)"),
        (("--seeds", "3", "--subset-seed", "1", "--subset-seed", "2"), "one for each of the 3 seeds, got 2"),
    ],
)
def test_bad_input_exits_with_2(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    result = compare(*words, "--out", str(tmp_path / "it"))
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert not list(tmp_path.iterdir())


def test_a_folder_that_no_path_can_name() -> None:
    result = compare("--out", "x" * 300)
    assert result.exit_code == 2
    assert "cannot be read: File name too long" in result.stderr


def test_help_of_a_component_and_of_the_command() -> None:
    assert "gamma" in compare("--loss", "focal:help", "--loss", "ce").stdout
    text = compare("--help").stdout
    for flag in ("--loss", "--recipe", "--seeds", "--subset-seed", "--jobs", "--backend", "--scheduler", "--dry-run"):
        assert flag in text


def test_sigterm_and_the_command_that_goes_on(tmp_path: Path) -> None:
    words = [*TINY_WORDS, *LOSSES, "--seeds", "1", "--jobs", "2", "--out", str(tmp_path / "it")]
    words[words.index("--epochs") + 1] = "2000"
    process = subprocess.Popen([sys.executable, "-m", "imbalearn_torch", "compare", *words], stderr=subprocess.PIPE)
    waited = time.monotonic() + 200
    while len(list(tmp_path.glob("it/*/metrics.jsonl"))) < 2 and time.monotonic() < waited:
        time.sleep(0.1)
        assert process.poll() is None
    os.kill(process.pid, signal.SIGTERM)
    _, errors = process.communicate(timeout=100)
    assert process.returncode == 143, errors
    assert b"0 of 2 runs done; go on with: imbalearn compare --backbone linear" in errors
    assert b"Traceback" not in errors
    assert not list(tmp_path.glob("it/.*"))


def test_under_torchrun_it_is_refused_and_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}.items():
        monkeypatch.setenv(name, value)
    result = compare(*TINY_WORDS, *LOSSES, "--out", str(tmp_path / "it"))
    assert result.exit_code == 2
    assert "give --jobs or --backend, and no torchrun" in result.stderr
    assert not (tmp_path / "it").exists()
