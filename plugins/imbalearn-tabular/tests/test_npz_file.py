import numpy as np
import pytest

from imbalearn_torch import build
from imbalearn_torch.errors import DataError, OptionError

X = np.array([[1.0, 2.0], [3.0, 4.0]])
Y = np.array([1, 0])


@pytest.fixture
def save(tmp_path, spell):
    """Save arrays and load them: `save("drop=x0", x=X, y=Y)`."""

    def save_and_load(options="", **arrays):
        np.savez(tmp_path / "data.npz", **arrays)
        return build("dataset", spell(tmp_path / "data.npz") + (f",{options}" if options else ""))

    return save_and_load


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [("x", "y"), ("X", "y"), ("data", "target"), ("features", "labels"), ("inputs", "class"), ("x_train", "y_train")],
)
def test_names_of_a_matrix(save, inputs, targets):
    data = save(**{inputs: X, targets: Y[:, None]}, unrelated=np.zeros(7))
    assert data.train.inputs.tolist() == X.tolist()
    assert (data.train.targets.tolist(), data.classes) == ([1, 0], ("0", "1"))
    assert (data.test, data.validation) == (None, None)


@pytest.mark.parametrize(("name", "validation"), [("x_{}", "val"), ("{}_data", "valid"), ("{}_x", "validation")])
def test_parts(save, name, validation):
    arrays = {name.format(part): X * scale for scale, part in enumerate(("train", "test", validation), start=1)}
    arrays |= {f"y_{part}": Y for part in ("train", "test", validation)}
    data = save(**arrays)
    assert [part.inputs.tolist() for part in (data.train, data.test, data.validation)] == [
        (X * scale).tolist() for scale in (1, 2, 3)
    ]


def test_columns_of_a_matrix_have_names(save):
    names = np.array(["age", "code"])
    for key in ("columns", "feature_names"):
        assert save("drop=age,categorical=code", x=X, y=Y, **{key: names}).train.inputs.tolist() == [[1, 0], [0, 1]]
    assert save("drop=x0", x=X, y=Y).train.inputs.tolist() == [[2], [4]]
    assert save("target=x1", x=X, y=Y).classes == ("2", "4")
    for wrong in (["age"], ["age", "age"], ["age", "y"]):
        with pytest.raises(DataError, match="expected 2 different names of columns beside 'y'"):
            save(x=X, y=Y, columns=np.array(wrong))


def test_one_array_a_column(save):
    data = save(age=np.array([1.5, np.nan]), town=np.array(["Rome", "Oslo"]), old=np.array([True, False]), y=Y)
    assert data.train.inputs.tolist() == [[1.5, 0, 0, 1, 1], [0, 1, 1, 0, 0]]
    assert save(age=np.array([1, 2]), kind=np.array([b"u", b"v"]), target=Y).train.inputs.tolist() == [
        [1, 1, 0],
        [2, 0, 1],
    ]
    with pytest.raises(OptionError, match="no column is called target"):
        save(age=np.array([1, 2]), kind=Y)


def test_a_matrix_of_text_holds_numbers_and_words(save):
    data = save(x=np.array([["1.5", "u"], ["", "v"]]), y=np.array(["p", "q"]))
    assert data.train.inputs.tolist() == [[1.5, 0, 1, 0], [0, 1, 0, 1]]
    assert data.classes == ("p", "q")


@pytest.mark.parametrize(
    ("arrays", "problem"),
    [
        ({"x": np.zeros((2, 3, 3)), "y": Y}, r"expected inputs \[N, D\] and targets \[N\], but got \[2, 3, 3\] and"),
        ({"x": X, "y": np.array([1, 0, 1])}, r"but got \[2, 2\] and \[3\]"),
        ({"x": X, "y": np.eye(2)}, r"but got \[2, 2\] and \[2, 2\]"),
        ({"x": X}, "train must have both inputs"),
        ({"x": X, "y": Y, "x_test": X}, "test must have both inputs"),
        ({"x": X, "data": X, "y": Y}, "two arrays for the same thing, one of them 'data'"),
        ({"x": X, "y": Y, "label": Y}, "two arrays for the same thing, one of them 'label'"),
        ({"x_test": X, "y_test": Y, "x_val": X, "y_val": Y}, "has test and validation, but no training part"),
        ({"x": np.zeros((0, 2)), "y": Y[:0]}, "has no rows"),
        ({"x": np.zeros((2, 0)), "y": Y}, "has a single column, 'y'"),
        ({"age": np.array(1), "y": Y}, r"has the arrays age \[\], y \[2\]; expected"),
        ({}, "has the arrays none; expected"),
        ({"age": np.array([1j, 2]), "n": Y, "y": Y}, "column 'age' must be numbers, bool or text, but is complex128"),
        ({"x": np.array([[1, "a"]], dtype=object), "y": Y}, "holds Python objects, which are never loaded"),
    ],
)
def test_arrays_of_no_use(save, arrays, problem):
    with pytest.raises(DataError, match=problem):
        save(**arrays)


def test_files_of_no_use(tmp_path, spell):
    file = tmp_path / "data.npz"
    file.write_bytes(b"nothing")
    with pytest.raises(DataError, match="is damaged"):
        build("dataset", spell(file))
    with file.open("wb") as stream:
        np.save(stream, X)
    with pytest.raises(DataError, match="one array without a name"):
        build("dataset", spell(file))


def test_a_test_file_has_one_part(save, tmp_path, spell):
    np.savez(tmp_path / "later.npz", x_test=X + 1, y_test=Y)
    assert save(f'test="{tmp_path}/later.npz"', x=X, y=Y).test.inputs.tolist() == (X + 1).tolist()
    with pytest.raises(DataError, match="the test part is given twice"):
        save(f'test="{tmp_path}/later.npz"', x_train=X, y_train=Y, x_test=X, y_test=Y)
    np.savez(tmp_path / "later.npz", x_train=X, y_train=Y, x_test=X, y_test=Y)
    with pytest.raises(DataError, match="is to be the test part, but has train and test in it"):
        save(f'test="{tmp_path}/later.npz"', x=X, y=Y)
