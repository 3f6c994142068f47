import matplotlib as mpl
import pytest

from imbalearn_torch.reporting.style import OKABE_ITO, figure_style, line_style, new_figure, to_svg


def test_seven_colours_of_okabe_and_ito():
    # Okabe and Ito 2008, without black, which the page turns white in the dark.
    published = {"#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"}
    assert set(OKABE_ITO) == published


def test_28_lines_differ():
    styles = {tuple(line_style(index).values()) for index in range(28)}
    assert len(styles) == 28
    assert line_style(28) == line_style(0)


def test_settings_of_the_user_do_not_reach_a_figure_and_come_back():
    def drawn() -> str:
        with figure_style():
            figure = new_figure(1.0)
            figure.subplots().set_xlabel("x")
            return to_svg(figure, "A figure.")

    expected = drawn()
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.hashsalt": None}):
        assert drawn() == expected
        assert mpl.rcParams["font.size"] == 30


def test_text_is_text_and_the_title_is_the_sentence(texts, title):
    with figure_style():
        figure = new_figure(1.0)
        figure.subplots().set_xlabel("a $dollar$ & <tag> 고양이")
        svg = to_svg(figure, "One & <two>\x00.")
    assert "a $dollar$ & <tag> 고양이" in texts(svg)
    assert title(svg) == "One & <two>\ufffd."


@pytest.mark.parametrize("forbidden", ["<script", "http://matplotlib", "<dc:date"])
def test_no_dates_and_no_tool_names(forbidden):
    with figure_style():
        assert forbidden not in to_svg(new_figure(1.0), "Empty.")
