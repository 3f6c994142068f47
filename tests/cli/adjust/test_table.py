"""What `imbalearn adjust` prints: every column, what was chosen, and for how many classes figures stand."""

from __future__ import annotations

from typing import Any

import pytest
from adjusted_runs import imbalearn


def row(name: str, chosen: list[dict[str, Any]], covered: int) -> dict[str, Any]:
    groups = {
        group: {"classes": 2, "recall": recall} for group, recall in (("many", 1), ("medium", 0.5), ("few", 0.25))
    }
    figures = {
        "macro_f1": 1.0,
        "balanced_accuracy": 1.0,
        "worst_class_recall": 0.125,
        "accuracy": 1.0,
        "groups": groups,
    }
    figures |= {"classes_covered": covered, "per_class": [{}] * 6}
    metrics = {"val": figures, "val_held_out": figures, "test": figures}
    return {"name": name, "chosen": chosen, "metrics": metrics, "warnings": [], "saved": None}


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[str]:
    """The lines for a run with classes of all three groups."""
    width, covered = request.param
    chosen = [{"tau": 1.25, "metric": "macro-f1", "offsets": [0.5, -0.5]}, {"value": 1 / 3}]
    rows = [row("before", [], covered), row("a-name-that-takes-two-lines", chosen, covered)]
    done = {"rows": rows, "best": "before", "skipped": []}
    monkeypatch.setattr("imbalearn_torch.experiments.adjust_run.adjust_run", lambda *_, **__: done)
    monkeypatch.setenv("COLUMNS", str(width))
    result = imbalearn("adjust", "any")
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


@pytest.mark.parametrize("printed", [(80, 6), (40, 6)], indirect=True)
def test_no_column_is_left_out(printed: list[str]) -> None:
    (line,) = (line for line in printed if line.lstrip().startswith("before"))
    assert line.split() == ["before", *["100.0"] * 4, "12.5", "100.0", "100.0", "50.0", "25.0"]
    (heads,) = (line for line in printed if "medium" in line)
    assert heads.split()[-3:] == ["many", "medium", "few"]
    assert max(map(len, printed)) <= 80
    assert not any("…" in line for line in printed)


@pytest.mark.parametrize("printed", [(80, 6)], indirect=True)
def test_what_was_chosen_is_told_without_lists(printed: list[str]) -> None:
    (line,) = (line for line in printed if line.startswith("chosen: "))
    assert line == "chosen: a-name-that-takes-two-lines: tau 1.25, metric macro-f1, value 0.3333"


@pytest.mark.parametrize(("printed", "lines"), [((80, 6), 0), ((80, 5), 1)], indirect=["printed"])
def test_classes_without_validation_images_are_told(printed: list[str], lines: int) -> None:
    assert printed.count("val: over 5 of 6 classes; the others have no validation image") == lines
