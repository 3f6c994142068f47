import re

from imbalearn_torch.reporting import curves_svg, per_class_svg
from imbalearn_torch.reporting.inline import inline_figure


def test_element_takes_the_width_it_is_given_and_has_a_name(history, parse):
    figure = inline_figure(curves_svg(history), "curves")
    root = parse(figure.svg)
    assert root.get("width") is None
    assert root.get("height") is None
    assert root.get("viewBox")
    assert root.get("role") == "img"
    assert root.get("aria-label") == figure.caption
    assert figure.caption.startswith("Learning curves over 3 epochs")
    assert "<title" not in figure.svg
    assert "<metadata" not in figure.svg


def test_ids_and_references_belong_to_the_figure(history):
    svg = inline_figure(curves_svg(history), "curves").svg
    ids = re.findall(r'\bid="([^"]+)"', svg)
    used = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', svg)
    assert all(name.startswith("curves-") for name in ids)
    assert len(set(ids)) == len(ids)
    assert used
    assert {first or second for first, second in used} <= set(ids)


def test_page_colours_become_variables(history):
    svg = inline_figure(curves_svg(history), "curves").svg
    for colour, variable in (("#20242b", "ink"), ("#ffffff", "paper"), ("#d9dce1", "line"), ("#0072b2", "blue")):
        assert colour not in svg
        assert f"var(--{variable})" in svg
    assert "#d55e00" in svg


def test_text_is_never_changed(texts):
    names = ['id="x"', "#20242b", "url(#a)"]
    figure = inline_figure(per_class_svg({"ce": [1.0, 0.5, 0.0]}, [3, 2, 1], names), "per-class")
    assert set(names) <= set(texts(figure.svg))


def test_caption_is_plain_text():
    figure = inline_figure(per_class_svg({}, [1], ["<b> & co"]), "x")
    assert "from <b> & co (1 image)" in figure.caption
