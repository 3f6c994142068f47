import gzip

import pytest

from imbalearn_torch.errors import DataError

WANTED = [[1.0], [2.0]]


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,p\n2,q\n",
        "x , y\n 1, p \n 2 ,q\n",
        "x,y\r\n1,p\r\n2,q\r\n",
        "x,y\n1,p\n\n2,q\n\n",
        '"x","y"\n"1","p"\n2,q',
        "\ufeffx,y\n1,p\n2,q\n",
        ",x,y\n0,1,p\n1,2,q\n",  # row names, as pandas and R write them
    ],
)
def test_spellings(load, text):
    data = load(text)
    assert data.train.inputs.tolist() == WANTED
    assert data.classes == ("p", "q")


def test_separators(load):
    assert load("x\ty\n1\tp\n2\tq\n", name="data.tsv").train.inputs.tolist() == WANTED
    assert load("x;y\n1;p\n2;q\n", "separator=;").train.inputs.tolist() == WANTED
    assert load("x|y\n1|p\n2|q\n", "separator=|", name="data.TSV").train.inputs.tolist() == WANTED


def test_gzip(load):
    packed = gzip.compress(b"x,y\n1,p\n2,q\n")
    assert load(packed, name="data.csv.gz").train.inputs.tolist() == WANTED
    for damaged in (packed[:-9], b"x,y\n1,p\n", packed[:20] + b"\0" * 20):
        with pytest.raises(DataError, match="cannot be read"):
            load(damaged, name="data.csv.gz")


@pytest.mark.parametrize("gap", ["", "NA", "?", "nan", "NULL", "N/A"])
def test_missing_values(load, gap):
    data = load(f"x,w,y\n1,u,p\n{gap},{gap},q\n")
    assert data.train.inputs.tolist() == [[1, 0, 1, 0], [0, 1, 0, 1]]


def test_bool_with_gaps(load):
    assert load("x,y\nTrue,p\nFalse,q\n,q\n").train.inputs.tolist() == [[1, 0], [0, 0], [0, 1]]


def test_integers_beyond_64_bits_are_numbers(load):
    assert load(f"x,y\n{10**30},p\n2,q\n").train.inputs.tolist() == [[pytest.approx(1e30)], [2]]


def test_categories_of_digits_are_taken_as_they_are_written(load):
    data = load("x,y\n007,p\n7,q\n7.0,q\n", "categorical=x", test="x,y\n7,p\n")
    assert data.train.inputs.tolist() == [[1, 0], [0, 1], [0, 1]]
    assert data.test.inputs.tolist() == [[0, 1]]


def test_a_column_of_words_stays_one_where_another_part_has_digits_only(load):
    data = load("x,y\nA,p\n7,q\nB,q\n", test="x,y\n7,p\n8,q\n")
    assert data.train.inputs.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert data.test.inputs.tolist() == [[1, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        ("1\n2\n12 kg\n3", r"column 'x' holds numbers, but '12 kg' in row 2 \(the first is row 0\)"),
        ('"1,5"\n"2,5"\n3.5\n"4,5"', r"column 'x' holds numbers, but '1,5' in rows 0, 1, 3"),
    ],
)
def test_a_word_among_numbers(load, column, problem):
    rows = [f"{value},{'pq'[row % 2]}" for row, value in enumerate(column.split("\n"))]
    with pytest.raises(DataError, match=problem):
        load("x,y\n" + "\n".join(rows))
    assert load("x,y\n" + "\n".join(rows), "categorical=x").train.inputs.sum(1).tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("x,y\n", "has no rows below its first line"),
        ("x\n1\n2\n", "has a single column, 'x', but a table needs a target and at least one other$"),
        ("x;y\n1;p\n", "has a single column, 'x;y', .* give `separator=\";\"`"),
        ("x,x,y,y\n1,2,p,q\n", "has several columns of the name 'x', 'y'"),
        ("x,,y\n1,2,p\n", r"column 1 \(counted from 0\) has no name"),
        ("5.1,3.5,0\n4.9,3.0,1\n", "its first line holds numbers"),
        ("x,y\n1,p,7\n2,q,8\n", "its rows have more fields than its first line has names"),
        ("x,y\n1,p\n2,q,8\n", "cannot be read: .*Expected 2 fields in line 3, saw 3"),
        ('x,y\n1,p\n"2,q\n', "cannot be read: .*EOF inside string"),
        ("x,y\n1,p\n2,é\n".encode("latin-1"), "is not UTF-8"),
        ("x,y\n1,p\n2,é\n".encode("utf-16"), "is not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is not UTF-8"),
    ],
)
def test_files_of_no_use(load, text, problem):
    with pytest.raises(DataError, match=problem) as caught:
        load(text)
    assert "\n" not in str(caught.value)


def test_columns_numbered_from_0_have_names(load):
    assert load("0,1\n7,p\n8,q\n", "target=1").train.inputs.tolist() == [[7], [8]]
