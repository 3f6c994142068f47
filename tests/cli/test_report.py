"""`imbalearn report` on runs of half a second."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_runs import TINY_WORDS

from imbalearn_torch.cli import app


def imbalearn(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two runs, one of which holds nothing out and is adjusted."""
    folder = tmp_path_factory.mktemp("runs")
    options = {"first": (), "second": ("--val-fraction", "0", "--adjust", "logit-adjustment")}
    for name, words in options.items():
        done = imbalearn("run", "--data", "digits", *TINY_WORDS, *words, "--out", folder / name, "--quiet")
        assert done.exit_code == 0, done.output
    return {name: folder / name for name in options}


@pytest.fixture
def copied(runs: dict[str, Path], tmp_path: Path) -> Path:
    return shutil.copytree(runs["first"], tmp_path / "copied")


@pytest.mark.parametrize("name", ["first", "second"])
def test_the_page_is_the_one_that_the_run_wrote(runs, name) -> None:
    page, manifest = runs[name] / "report.html", runs[name] / "manifest.json"
    before = page.read_bytes(), manifest.read_bytes()
    done = imbalearn("report", runs[name])
    assert (done.exit_code, done.stdout) == (0, f"{page}\n"), done.output
    assert (page.read_bytes(), manifest.read_bytes()) == before
    assert not list(runs[name].glob(".*"))


def test_a_lost_page_is_made_again_and_the_manifest_knows_it(copied) -> None:
    (copied / "report.html").unlink()
    manifest = json.loads((copied / "manifest.json").read_text())
    manifest["sha256"]["report.html"] = "another"
    (copied / "manifest.json").write_text(json.dumps(manifest))
    assert imbalearn("report", copied).exit_code == 0
    digests = json.loads((copied / "manifest.json").read_text())["sha256"]
    assert digests["report.html"] == hashlib.sha256((copied / "report.html").read_bytes()).hexdigest()
    assert digests.keys() == manifest["sha256"].keys()


def test_several_runs_on_one_page(runs, tmp_path) -> None:
    out = tmp_path / "both.html"
    done = imbalearn("report", *runs.values(), "--out", out)
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    assert "has the highest macro-F1" in page
    assert "each method has one run" in page
    assert "the runs differ in validation cut" in page
    assert page.count("first</text>") >= 3  # legends of data, curves and classes
    again = imbalearn("report", *runs.values(), "--out", out)
    assert again.exit_code == 2
    assert "exists; give another --out, or --force" in again.stderr
    assert imbalearn("report", *runs.values(), "--out", out, "--force").exit_code == 0
    assert out.read_text(encoding="utf-8") == page


def test_one_run_elsewhere(runs, tmp_path) -> None:
    assert imbalearn("report", runs["first"], "--out", tmp_path / "a.html").exit_code == 0
    assert (tmp_path / "a.html").read_bytes() == (runs["first"] / "report.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["{missing}"], 2, "is no folder"),
        (["{first}", "{first}"], 2, "is given twice"),
        (["{first}", "--out", "{missing}/x.html"], 2, "there is no folder"),
        (["{first}", "--out", "{first}"], 2, "is a folder"),
        ([], 2, "Missing argument"),
    ],
)
def test_refusals(runs, tmp_path, words, code, sentence) -> None:
    places = {"missing": tmp_path / "missing", **runs}
    done = imbalearn("report", *(word.format(**places) for word in words))
    assert done.exit_code == code
    assert sentence in done.stderr


@pytest.mark.parametrize("name", ["result.json", "metrics.jsonl", "predictions.npz", "mistakes.npz"])
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_damaged_files_are_named(copied, name, damage) -> None:
    if damage == "gone":
        (copied / name).unlink()
    else:
        (copied / name).write_bytes((copied / name).read_bytes()[:-9])
    done = imbalearn("report", copied)
    assert done.exit_code == 4
    assert name in done.stderr


def test_needs_no_torch(copied) -> None:
    code = (
        "import sys\nfrom imbalearn_torch.cli import main\nsys.argv[1:] = ['report', sys.argv[1]]\n"
        "try:\n    main()\nfinally:\n    print({'torch', 'sklearn'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, copied], check=False, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "set()"
