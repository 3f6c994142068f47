import re
from html.parser import HTMLParser

import pytest

from imbalearn_torch.reporting import confusion_svg, curves_svg, per_class_svg, render_page

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Outline(HTMLParser):
    """Elements, headings, table cells and whether every element is closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open, self.tags, self.ids, self.text = [], [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip() and self.open[-1] != "style":
            self.text.append(data.strip())


@pytest.fixture(scope="module")
def figures() -> dict[str, str]:
    counts, classes = [120, 30, 5], ["cat", "dog", "eel"]
    return {
        "curves": curves_svg([{"epoch": 0, "lr": 0.1, "train_loss": 2.0}]),
        "per_class": per_class_svg({"focal": [2 / 3, 1 / 2, None]}, counts, classes),
        "confusion": confusion_svg([[2, 1, 0], [1, 1, 0], [0, 0, 0]], counts, classes),
    }


def test_order_of_the_page(result, figures):
    result["warnings"] = ["The prior is corrected twice."]
    page = render_page(result, figures)
    landmarks = [
        "The prior is corrected twice.",
        "Accuracy 60.0 %, macro-F1 0.5833, worst class “dog” with recall 50.0 %.",
        "<span>run</span> <span>--data</span> <span>digits</span> <span>--loss</span> <span>focal:gamma=2</span>",
        '<h2 id="results">',
        '<h2 id="data">',
        '<h2 id="curves">',
        '<h2 id="classes">',
        '<h2 id="confusion">',
        '<h2 id="configuration">',
        '<h2 id="environment">',
    ]
    positions = [page.index(landmark) for landmark in landmarks]
    assert positions == sorted(positions)


def test_contents(result, figures):
    text = Outline(render_page(result, figures)).text
    for row in (
        ["accuracy", "60.0 %"],
        ["class", "training", "validation", "test", "drawn"],
        ["cat", "120", "12", "3", "1,360"],
        ["all", "155", "16", "5", "1,465"],
        ["eel", "5", "0", "–", "–", "–", "–", "–"],
        ["loss", "imbalearn-torch/focal:gamma=2.0", "sampler", "none", "epochs", "3", "adjust", '["a", "b"]'],
        ["device.type", "cpu"],
        ["The run took 1 min 15 s, 1 min 1 s of it training, at 1,234 images a second."],
    ):
        assert any(text[start : start + len(row)] == row for start in range(len(text))), row


def test_intervals_of_the_recall(result, figures):
    # Wilson's interval of 1 success in 2 trials, 9.5 to 90.5 % (Brown, Cai and DasGupta 2001, equation 4).
    assert "9.5 to 90.5 %" in render_page(result, figures)


def test_one_file_that_asks_the_network_for_nothing(result, figures):
    outline = Outline(render_page(result, figures))
    assert not {"script", "link", "iframe"} & {tag for tag, _ in outline.tags}
    for _, attributes in outline.tags:
        for name in ("src", "href", "xlink:href"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:image/png;base64,")), value
    assert "@import" not in render_page(result, figures)


def test_accessible(result, figures):
    outline = Outline(render_page(result, figures))
    assert ("html", {"lang": "en"}) in outline.tags
    assert len(set(outline.ids)) == len(outline.ids)
    targets = [attributes["href"][1:] for tag, attributes in outline.tags if tag == "a"]
    assert len(targets) == 7
    assert set(targets) <= set(outline.ids)
    labels = [attributes["aria-labelledby"] for _, attributes in outline.tags if "aria-labelledby" in attributes]
    assert set(labels) <= set(outline.ids)
    scrolling = [attributes for tag, attributes in outline.tags if attributes.get("role") == "region"]
    assert len(scrolling) == 3
    assert all(region["tabindex"] == "0" and region["aria-label"] for region in scrolling)
    captions = [tag for tag, _ in outline.tags if tag == "figcaption"]
    assert len(captions) == len([tag for tag, _ in outline.tags if tag == "svg"]) == 3


@pytest.mark.parametrize("media", ["prefers-color-scheme: dark", "@media print", "max-width: 40rem"])
def test_light_dark_paper_and_small_screens(result, figures, media):
    assert media in render_page(result, figures)


def test_names_are_escaped(result, history):
    evil = '<script>alert("x")</script>'
    result["name"] = result["command"] = evil
    result["warnings"], result["config"] = [evil], {evil: evil}
    classes = result["data"]["classes"] = [evil, "고양이", "a\udcff"]
    figures = {
        "curves": curves_svg(history),
        "per_class": per_class_svg({evil: [0.5, 0.5, None]}, [3, 2, 1], classes),
        "confusion": confusion_svg([[1, 1, 1]] * 3, [3, 2, 1], classes),
    }
    page = render_page(result, figures)
    assert "<script" not in page
    assert not {"script"} & {tag for tag, _ in Outline(page).tags}
    assert "고양이" in page
    page.encode("utf-8")


def test_same_input_same_bytes(result, figures):
    assert render_page(result, figures) == render_page(dict(result), dict(figures))


def test_parts_may_be_missing(result, figures):
    page = render_page({}, {})
    assert "No test image has been scored." in page
    assert 'id="data"' not in page
    assert "<figure>" not in page
    for key in result:
        Outline(render_page({name: value for name, value in result.items() if name != key}, figures))


def test_figure_without_a_place_of_its_own_comes_after_the_others(result, figures):
    page = render_page(result, {"reliability": per_class_svg({}, [1], ["a"]), **figures})
    found = re.findall(r'<g id="([a-z-]+)-figure_1"', page)
    assert found == ["curves", "per-class", "confusion", "reliability"]


def test_validation_and_unadjusted_columns(result, figures):
    result["metrics"] |= {"test_unadjusted": {"accuracy": 0.125}, "val": {"accuracy": 0.25, "top5": 0.5}}
    text = Outline(render_page(result, figures)).text
    start = text.index("accuracy")
    assert text[start : start + 4] == ["accuracy", "60.0 %", "12.5 %", "25.0 %"]
    start = text.index("top-5 accuracy")
    assert text[start : start + 4] == ["top-5 accuracy", "–", "–", "50.0 %"]
