"""The page of one run, read as a document; tests/reporting/test_browser.py looks at it in a browser."""

from __future__ import annotations

import base64
import hashlib
import re
from io import BytesIO

import numpy as np
import pytest
from made_records import KOREAN, ODD, made_record
from page_outline import Outline
from PIL import Image

from imbalearn_torch.metrics.calibration import reliability
from imbalearn_torch.reporting import RunRecord, render_page, run_figures


def page_of(record: RunRecord) -> str:
    return render_page(record, run_figures(record))


@pytest.fixture
def record(result, history) -> RunRecord:
    """The run of `result`: cat found in 2 of 3 images, dog in 1 of 2, eel has no test image."""
    bins = reliability(np.array([0.9, 0.9, 0.6, 0.6, 0.9]), np.array([True, True, False, True, False]))
    return RunRecord(result, history, np.array([[2, 1, 0], [1, 1, 0], [0, 0, 0]]), {"test": bins})


def follow(text: list[str], row: list[str]) -> bool:
    """Whether these texts stand one after the other."""
    return any(text[start : start + len(row)] == row for start in range(len(text)))


def test_order_of_the_page(record, result):
    result["warnings"] = ["The prior is corrected twice."]
    page = page_of(record)
    landmarks = [
        "The prior is corrected twice.",
        "60.0 % of 5 test images are recognised",
        "<span>run</span> <span>--data</span> <span>digits</span> <span>--loss</span> <span>focal:gamma=2</span>",
        *(f'<h2 id="{each}">' for each in ("results", "data", "curves", "classes", "confusion", "calibration")),
        *(f'<h2 id="{each}">' for each in ("configuration", "environment")),
    ]
    positions = [page.index(landmark) for landmark in landmarks]
    assert positions == sorted(positions)


def test_contents(record, result):
    result["data"]["distinct_counts"] = [118, 30, 5]
    text = Outline(page_of(record)).text
    for row in (
        ["accuracy", "60.0 %"],
        ["class", "training", "validation", "test", "drawn", "different ones drawn"],
        ["cat", "120", "12", "3", "1,360", "118"],
        ["all", "155", "16", "5", "1,465", "153"],
        ["eel", "5", "0", "–", "–", "–", "–", "–", "–"],
        # 1 of 3 images of cat is a dog, 1 of 2 of dog a cat.
        ["mostly taken for"],
        ["dog (33.3 %)"],
        ["cat (50.0 %)"],
        ["loss", "imbalearn-torch/focal:gamma=2.0", "sampler", "none", "epochs", "3", "adjust", '["a", "b"]'],
        ["device.type", "cpu"],
        ["The run took 1 min 15 s, 1 min 1 s of it training, at 1,234 images a second."],
    ):
        assert follow(text, row), row


def test_intervals_of_the_recall(record):
    # Wilson's interval of 1 success in 2 trials, 9.5 to 90.5 % (Brown, Cai and DasGupta 2001, equation 4).
    assert "9.5 to 90.5 %" in page_of(record)


def test_cells_say_by_what_they_are_sorted(record):
    page = page_of(record)
    assert '<td class="number" data-value="0.5">50.0 %</td>' in page
    assert '<td class="number" data-value="">–</td>' in page  # comes last
    assert page.count('aria-sort="descending">training</th>') == 2


def test_one_file_that_asks_the_network_for_nothing():
    page = page_of(made_record(["a", "b", "c"]))
    outline = Outline(page)
    assert not {"link", "iframe"} & {tag for tag, _ in outline.tags}
    for _, attributes in outline.tags:
        for name in ("src", "href", "xlink:href"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:image/png;base64,")), value
    assert "@import" not in page


def test_only_our_own_script_may_run(record):
    page = page_of(record)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == page.count("<script") == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page


def test_accessible():
    outline = Outline(page_of(made_record(["a", "b", "c"])))
    assert ("html", {"lang": "en"}) in outline.tags
    assert len(set(outline.ids)) == len(outline.ids)
    targets = [attributes["href"][1:] for tag, attributes in outline.tags if tag == "a"]
    assert len(targets) == 9
    assert set(targets) <= set(outline.ids)
    labels = [attributes["aria-labelledby"] for _, attributes in outline.tags if "aria-labelledby" in attributes]
    assert set(labels) <= set(outline.ids)
    scrolling = [attributes for _, attributes in outline.tags if attributes.get("role") == "region"]
    assert len(scrolling) == 3
    assert all(region["tabindex"] == "0" and region["aria-label"] for region in scrolling)
    captions = [tag for tag, _ in outline.tags if tag == "figcaption"]
    assert len(captions) == len([tag for tag, _ in outline.tags if tag == "svg"]) == 5
    assert all(attributes["alt"] for tag, attributes in outline.tags if tag == "img")


@pytest.mark.parametrize("media", ["prefers-color-scheme: dark", "@media print", "max-width: 40rem"])
def test_light_dark_paper_and_small_screens(record, media):
    assert media in page_of(record)


def test_any_name_is_text():
    evil = '<script>alert("x")</script>'
    record = made_record(ODD, name=evil, warnings=[evil], adjusted=True)
    record.result["command"] = evil
    record.result["config"][evil] = evil
    page = page_of(record)
    assert page.count("<script") == 1
    outline = Outline(page)
    assert [tag for tag, _ in outline.tags].count("script") == 1
    assert {name for name in ODD if name.isprintable()} <= {*outline.text}
    # Read from right to left, but the sentence around it is not; what turns everything is gone.
    assert "\N{FIRST STRONG ISOLATE}שלום\N{POP DIRECTIONAL ISOLATE}" in page
    assert "\u202e" not in page
    assert "\x00" not in page
    page.encode("utf-8")


def test_what_is_no_text_can_still_be_written(record, result):
    result["data"]["classes"] = ["a\udcff", "b", "c"]
    page_of(record).encode("utf-8")


def test_same_input_same_bytes():
    assert page_of(made_record(KOREAN[:7])) == page_of(made_record(KOREAN[:7]))


def test_worst_mistakes_are_pictures_inside():
    record = made_record(["a", "b", "c"])
    page = page_of(record)
    sources = re.findall(r'<img src="data:image/png;base64,([^"]+)"', page)
    assert record.mistakes is not None
    assert len(sources) == len(record.mistakes.images) > 0
    first = np.asarray(Image.open(BytesIO(base64.b64decode(sources[0]))))
    assert np.array_equal(first, record.mistakes.images[0].transpose(1, 2, 0))


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "L")])
def test_pictures_of_any_number_of_channels(channels, mode):
    page = page_of(made_record(KOREAN[:5], shape=(channels, 5, 4)))
    source = re.findall(r'base64,([^"]+)" alt=', page)[0]
    image = Image.open(BytesIO(base64.b64decode(source)))
    assert (image.mode, image.size) == (mode, (4, 5))


def test_tables_have_no_pictures():
    page = page_of(made_record(["a", "b"], shape=None))
    assert 'id="mistakes"' not in page
    assert "<img" not in page


@pytest.mark.parametrize(("classes", "matrix"), [(2, True), (40, True), (41, False), (100, False)])
def test_a_matrix_up_to_40_classes_and_a_list_above(classes, matrix):
    page = page_of(made_record(KOREAN[:classes]))
    assert ('id="confusion-figure_1"' in page) == matrix
    assert ("Most frequent mistakes" in page) != matrix


def test_a_hundred_classes_stay_small():
    assert len(page_of(made_record(KOREAN, shape=(3, 96, 96))).encode()) < 2e6


def test_validation_and_unadjusted_columns(record, result):
    result["metrics"] |= {"test_unadjusted": {"accuracy": 0.125}, "val": {"accuracy": 0.25, "top5": 0.5}}
    text = Outline(page_of(record)).text
    assert follow(text, ["accuracy", "60.0 %", "12.5 %", "25.0 %"])
    assert follow(text, ["top-5 accuracy", "–", "–", "50.0 %"])


def test_before_and_after_adjustment_in_one_figure():
    page = page_of(made_record(["a", "b", "c"], adjusted=True))
    assert page.count("before adjustment</text>") == page.count("after adjustment</text>") == 2
    assert "Before adjustment macro-F1 was" in page


def test_runs_without_validation_or_epochs(record):
    assert "validation loss" not in page_of(made_record(["a", "b"], validation=False))
    untrained = RunRecord(record.result, [], record.confusion, record.calibration)
    assert "No epoch was trained" in page_of(untrained)
