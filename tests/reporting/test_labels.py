import pytest

from imbalearn_torch.reporting.labels import by_frequency, counted, extra_width, isolated, printable, shorten, thinned


def test_most_frequent_first_and_ties_by_index():
    assert by_frequency([5, 20, 5, 0, 20]) == [1, 4, 0, 2, 3]


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\n", "\ud800"])
def test_what_xml_or_utf8_refuses_is_replaced(bad):
    assert printable(f"a{bad}b") == "a\ufffdb"


def test_ordinary_text_is_left_alone():
    assert printable("고양이 <b> $x$ ü") == "고양이 <b> $x$ ü"


def test_counted():
    assert [counted(0, "class"), counted(1, "class"), counted(1234, "image")] == [
        "0 classes",
        "1 class",
        "1,234 images",
    ]


def test_long_names_end_in_an_ellipsis():
    assert shorten("automobile", 10) == "automobile"
    assert shorten("automobiles", 10) == "automobil…"


def test_wide_characters_take_two_columns():
    assert shorten("비행기", 6) == "비행기"
    assert shorten("비행기들", 6) == "비행…"
    # Three characters, each 0.4 em wider than a missing glyph.
    assert extra_width(["cat", "비행기"]) == pytest.approx(1.2)
    assert extra_width([]) == 0


@pytest.mark.parametrize(("classes", "step"), [(1, 1), (24, 1), (25, 2), (48, 2), (100, 5), (1000, 42)])
def test_ticks_are_thinned_to_at_most_24(classes, step):
    assert list(thinned(classes)) == list(range(0, classes, step))
    assert len(thinned(classes)) <= 24


def test_no_classes_no_ticks():
    assert list(thinned(0)) == []


def test_names_read_from_right_to_left_do_not_turn_the_sentence():
    assert isolated("cat") == "cat"
    assert isolated("שלום") == "\N{FIRST STRONG ISOLATE}שלום\N{POP DIRECTIONAL ISOLATE}"
    # A name cannot end the isolate before its time, nor turn what follows.
    assert isolated("ש\N{POP DIRECTIONAL ISOLATE}\u202e").count("\ufffd") == 2
