import pytest

from imbalearn_torch.reporting import per_class_svg
from imbalearn_torch.reporting.style import OKABE_ITO

COUNTS = [10, 1000, 100]
CLASSES = ["ant", "bee", "cat"]


def test_classes_in_order_of_training_count(texts, title):
    svg = per_class_svg({"ce": [0.0, 1.0, 0.5]}, COUNTS, CLASSES)
    assert [text for text in texts(svg) if text in CLASSES] == ["bee", "cat", "ant"]
    assert title(svg) == (
        "Recall of 3 classes ordered by training count, from bee (1,000 images) to ant (10 images); "
        "the grey bars are the training images."
    )


def test_line_follows_the_recalls_in_that_order(lines):
    # 100 %, 50 %, 0 %: equal steps down.
    curve = next(row for row in lines(per_class_svg({"ce": [0.0, 1.0, 0.5]}, COUNTS, CLASSES), OKABE_ITO[0]))
    (x0, y0), (x1, y1), (x2, y2) = curve[:3]
    assert x1 - x0 == pytest.approx(x2 - x1, abs=1e-3)
    assert y1 - y0 == pytest.approx(y2 - y1, abs=1e-3)
    assert y0 < y1


def test_a_line_and_a_name_for_each_method(texts, lines):
    methods = {"ce": [0.1, 0.2, 0.3], "_hidden": [0.3, 0.4, 0.5], "focal:gamma=2": [0.5, 0.6, 0.7]}
    svg = per_class_svg(methods, COUNTS, CLASSES)
    written = [text.removeprefix("\u200b") for text in texts(svg)]
    assert [text for text in written if text in methods] == list(methods)
    for colour in OKABE_ITO[:3]:
        assert 3 in [len(stroke) for stroke in lines(svg, colour)]


def test_classes_without_recall_leave_a_gap(lines):
    recalls = [0.5, 0.6, None, 0.7, 0.8]
    svg = per_class_svg({"ce": recalls}, [5, 4, 3, 2, 1], list("abcde"))
    gapped = lines(svg, OKABE_ITO[0])
    assert [len(stroke) for stroke in gapped][:2] == [2, 2]
    per_class_svg({"ce": [None] * 5}, [5, 4, 3, 2, 1], list("abcde"))


def test_many_classes_are_dots_and_a_running_mean(lines, texts, title):
    methods = {"low": [0.25] * 100, "high": [0.75] * 100, "both": [0.25, 0.75] * 50}
    svg = per_class_svg(methods, list(range(100, 0, -1)), [f"class {label}" for label in range(100)])
    assert "dots are single classes, lines are means over 9 of them" in title(svg)
    assert sum(text.startswith("class ") for text in texts(svg)) == 20
    low, high, both = (next(stroke for stroke in lines(svg, colour) if len(stroke) == 100) for colour in OKABE_ITO[:3])
    # Nine neighbours hold five of one kind and four of the other; the first class sees itself and four at its right.
    for position, share_of_high in ((50, 4 / 9), (51, 5 / 9), (0, 2 / 5)):
        expected = low[0][1] + share_of_high * (high[0][1] - low[0][1])
        assert both[position][1] == pytest.approx(expected, abs=1e-3)


def test_missing_recalls_among_many_classes():
    per_class_svg({"ce": [None] * 100}, [1] * 100, [str(label) for label in range(100)])


@pytest.mark.parametrize("names", [["고양이", "개", "아주 긴 이름을 가진 동물"], ["<script>", "$a_{", "a\x00b\n"]])
def test_any_name(names, texts):
    svg = per_class_svg({names[0]: [0.5, None, 1.0]}, [3, 2, 1], names)
    assert names[0] in texts(svg)


def test_classes_without_training_images_and_no_methods(parse):
    parse(per_class_svg({}, [0, 0], ["a", "b"]))
    parse(per_class_svg({"ce": [1.0]}, [0], ["only"]))


def test_same_input_same_bytes():
    first, second = (per_class_svg({"ce": [0.0, 1.0, 0.5]}, COUNTS, CLASSES) for _ in range(2))
    assert first == second
