"""The pages in a real browser; skipped where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browser import Browser, chromium
from made_records import KOREAN, ODD, made_record

from imbalearn_torch.reporting import render_page, render_runs, run_figures

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="needs a browser: apt-get install chromium, or its path in IMBALEARN_CHROMIUM"
)

CLASSES = "section[aria-labelledby=classes] table"
RECALL = f"{CLASSES} th:nth-child(4) button"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    korean, odd = made_record(KOREAN, warnings=["one"]), made_record(ODD, adjusted=True)
    korean.confusion[7] = 6 * np.eye(100, dtype=np.int64)[7]  # nothing of it is taken for something else
    texts = {
        "korean": render_page(korean, run_figures(korean)),
        "odd": render_page(odd, run_figures(odd)),
        "runs": render_runs({"ce": [made_record(KOREAN)], "<b>": [made_record(KOREAN, seed=1)]}, name="two"),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


def column(browser: Browser, number: int) -> list[str]:
    """What a column of the table of classes says, from top to bottom."""
    cells = f"document.querySelectorAll({f'{CLASSES} tbody tr > :nth-child({number})'!r})"
    return browser.run(f"Array.from({cells}, cell => cell.textContent)")


@pytest.mark.parametrize("name", ["korean", "odd", "runs"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, True)])
def test_fits_asks_for_nothing_and_says_no_error(browser, pages, name, width, dark):
    browser.open(pages[name], width=width, dark=dark)
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert [address for address in browser.requests if not address.startswith("data:")] == [pages[name].as_uri()]
    assert browser.problems == []
    assert browser.run("getComputedStyle(document.body).backgroundColor") == (
        "rgb(22, 24, 29)" if dark else "rgb(255, 255, 255)"
    )
    assert browser.run("Array.from(document.images, image => image.naturalWidth).every(width => width > 0)")


def test_paper_is_white_and_holds_whole_tables(browser, pages):
    browser.open(pages["korean"], dark=True, print_out=True)
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.run("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert browser.run(
        "Array.from(document.querySelectorAll('.long'), e => e.scrollHeight - e.clientHeight).every(d => d < 2)"
    )


def test_sorts_by_click(browser, pages):
    browser.open(pages["korean"])
    shares = [float(text.removesuffix(" %")) for text in column(browser, 4)]
    browser.page.click(RECALL)
    assert [float(text.removesuffix(" %")) for text in column(browser, 4)] == sorted(shares)
    sorting = f"Array.from(document.querySelectorAll('{CLASSES} th[scope=col]'), e => e.getAttribute('aria-sort'))"
    assert browser.run(sorting) == ["none"] * 3 + ["ascending"] + ["none"] * 5
    browser.page.click(RECALL)
    assert [float(text.removesuffix(" %")) for text in column(browser, 4)] == sorted(shares, reverse=True)
    assert browser.run(sorting)[3] == "descending"


def test_sorts_by_keyboard_with_a_visible_focus(browser, pages):
    browser.open(pages["korean"])
    browser.run(f"document.querySelector('{CLASSES}').parentElement.focus()")
    browser.page.keyboard.press("Tab")
    assert browser.run("document.activeElement.textContent") == "class"
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.page.keyboard.press("Enter")
    names = column(browser, 1)
    # A browser's collation of 가 before 나, and of 2 before 10.
    assert names[:3] == ["개구리 0", "개구리 1", "개구리 2"]
    assert names.index("트럭 2") < names.index("트럭 10")
    browser.page.keyboard.press("Space")
    assert column(browser, 1) == names[::-1]


def test_what_has_no_value_comes_last(browser, pages):
    browser.open(pages["korean"])
    for _ in range(2):
        browser.page.click(f"{CLASSES} th:nth-child(9) button")
        taken = column(browser, 9)
        known = [text for text in taken if text != "–"]
        assert 0 < len(known) < len(taken)
        assert taken[: len(known)] == known


def test_the_command_is_copied_without_network(browser, pages):
    browser.open(pages["korean"])
    browser.page.click("button.copy")
    browser.page.get_by_text("Copied.").wait_for()
    assert browser.problems == []


@pytest.mark.parametrize(("copies", "said"), [("true", "Copied."), ("false", "Press Ctrl+C to copy.")])
def test_where_the_clipboard_is_closed_the_command_is_selected(browser, pages, copies, said):
    browser.open(pages["korean"])
    # `void`, since playwright would call a function that an expression gives.
    browser.run("void (navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')))")
    browser.run(f"void (document.execCommand = name => name === 'copy' && {copies})")
    browser.page.locator("button.copy").press("Enter")
    browser.page.get_by_text(said).wait_for()
    assert browser.run("getSelection().toString()") == "imbalearn run --config runs/made/config.toml"
    assert browser.problems == []


def test_a_method_is_opened_by_keyboard_and_printed_in_any_case(browser, pages):
    browser.open(pages["runs"])
    picture = "document.querySelector('details img').checkVisibility({contentVisibilityAuto: true})"
    assert not browser.run(picture)
    browser.page.locator("summary").first.press("Enter")
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert browser.run(picture)
    assert browser.run("document.documentElement.scrollWidth") <= 1280
    browser.page.keyboard.press("Space")
    assert not browser.run(picture)
    browser.open(pages["runs"], print_out=True)
    assert browser.run("document.querySelector('details img').getBoundingClientRect().height") > 0


def test_the_table_of_a_method_is_sorted(browser, pages):
    browser.open(pages["runs"], width=400)
    browser.page.locator("summary").first.click()
    browser.page.locator("details th button").nth(2).click()
    cells = "Array.from(document.querySelectorAll('details:first-of-type tbody td:nth-child(3)'), e => +e.textContent)"
    images = browser.run(cells)
    assert images == sorted(images)
    assert browser.run("document.documentElement.scrollWidth") <= 400


def test_names_are_shown_as_they_are(browser, pages):
    browser.open(pages["odd"])
    # Characters that cannot be printed are replaced, and a browser shows no two spaces as one in `textContent`.
    expected = ["".join(each if each.isprintable() else "\ufffd" for each in name) for name in ODD]
    assert sorted(column(browser, 1)) == sorted(expected)
