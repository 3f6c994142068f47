"""What a page for several runs shows of each method by itself."""

from __future__ import annotations

import numpy as np
import pytest
from made_records import KOREAN, ODD, made_record
from page_outline import Outline

from imbalearn_torch.reporting import RunRecord, render_runs
from imbalearn_torch.reporting.method_details import method_details
from imbalearn_torch.reporting.pictures import mistake_pictures

TEN = [f"class {label}" for label in range(10)]


@pytest.fixture(scope="module")
def methods() -> dict[str, list[RunRecord]]:
    return {
        "ce": [made_record(TEN, seed=0), made_record(TEN, seed=1)],
        "focal": [made_record(TEN, seed=2)],
    }


def test_the_matrix_is_that_of_all_runs_together(methods, monkeypatch) -> None:
    drawn = []
    monkeypatch.setattr(
        "imbalearn_torch.reporting.method_details.confusion_svg",
        lambda matrix, *others: drawn.append(matrix) or "<svg></svg>",
    )
    first, second = method_details(methods)
    np.testing.assert_array_equal(drawn[0], methods["ce"][0].confusion + methods["ce"][1].confusion)
    np.testing.assert_array_equal(drawn[1], methods["focal"][0].confusion)
    assert (first.of_what, second.of_what) == ("The test images of 2 runs together.", "")
    assert (first.of_which, second.of_which) == (" of the run with seed 0", "")


def test_sections_open_by_themselves(methods) -> None:
    page = render_runs(methods, name="two")
    outline = Outline(page)
    assert [tag for tag, _ in outline.tags].count("details") == 2
    # Closed, and without a script: nothing but the element makes them open.
    assert ("details", {}) in outline.tags
    assert page.count("Confusion matrix of 10 classes") == 4  # a label and a caption each
    assert len(set(outline.ids)) == len(outline.ids)
    assert all(attributes["alt"] for tag, attributes in outline.tags if tag == "img")


def test_above_40_classes_there_is_a_table() -> None:
    [details] = method_details({"ce": [made_record(KOREAN)]})
    assert details.figure is None
    assert details.confusions is not None
    assert len(details.confusions.rows) == 25


def test_tables_have_no_pictures() -> None:
    [details] = method_details({"ce": [made_record(TEN, shape=None)]})
    assert details.pictures == []
    assert '<ul class="pictures">' not in render_runs({"ce": [made_record(TEN, shape=None)]}, name="x")


@pytest.mark.parametrize(("several", "each"), [(1, 24), (5, 24), (6, 20), (60, 4)])
def test_many_methods_show_fewer_pictures_each(several: int, each: int, monkeypatch) -> None:
    monkeypatch.setattr("imbalearn_torch.reporting.method_details.confusion_svg", lambda *_: "<svg></svg>")
    record = made_record(KOREAN[:30])
    found = method_details({str(number): [record] for number in range(several)})
    assert {len(method.pictures) for method in found} == {each}


def test_fewer_pictures_are_the_surest_of_each_class() -> None:
    record = made_record(TEN)
    assert record.mistakes is not None
    targets = record.mistakes.targets.tolist()
    wrong = len(set(targets))
    rows = [picture.row for picture in mistake_pictures(record, wrong)]
    # The first of each class in the order of all, which is that of the rarest class first.
    firsts = [targets.index(label) for label in dict.fromkeys(targets)]
    assert rows == record.mistakes.rows[firsts].tolist()
    assert len(mistake_pictures(record)) == len(targets)


def test_names_are_text_and_same_input_gives_same_bytes() -> None:
    methods = {"<script>": [made_record(ODD)], "שלום": [made_record(ODD, seed=1)]}
    page = render_runs(methods, name="x")
    assert "<summary><bdi>&lt;script&gt;</bdi></summary>" in page
    assert page == render_runs(methods, name="x")
