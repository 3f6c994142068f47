import pandas as pd
import pytest

from imbalearn_torch import build
from imbalearn_torch.errors import DataError


@pytest.fixture
def folder(tmp_path, spell):
    """Write text files into a folder and load it."""

    def write_and_load(**files):
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        return build("dataset", spell(tmp_path))

    return write_and_load


def test_a_folder_of_parts(folder):
    data = folder(
        train_csv="x,y\n1,p\n2,q\n", test_csv="y,x\np,3\n", valid_csv="x,y\n4,q\n", readme_md="Columns x and y."
    )
    assert [part.inputs.tolist() for part in (data.train, data.test, data.validation)] == [[[1], [2]], [[3]], [[4]]]


def test_files_of_a_part_stand_one_below_the_other(tmp_path, spell):
    pd.DataFrame({"x": [1, 2], "w": ["u", None], "y": [0, 1]}).to_parquet(tmp_path / "part-0.parquet")
    pd.DataFrame({"y": [2], "w": ["v"], "x": [None]}).to_parquet(tmp_path / "part-1.parquet")
    (tmp_path / "_SUCCESS").touch()
    data = build("dataset", spell(tmp_path))
    assert data.train.inputs.tolist() == [[1, 0, 1, 0, 0], [2, 0, 0, 0, 1], [0, 1, 0, 1, 0]]
    assert data.train.targets.tolist() == [0, 1, 2]


def test_a_column_of_words_in_one_file_only(folder):
    data = folder(train1_csv="x,y\n1,p\n2,q\n", train2_csv="x,y\nu,p\nv,q\nw,q\n")
    assert data.train.inputs.sum(0).tolist() == [1] * 5  # "1", "2", "u", "v", "w"


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"readme_md": "text"}, "there is no table in the folder"),
        (
            {"train_csv": "x,y\n1,p\n", "data_csv": "x,y\n2,q\n"},
            "expected files train.*, but found data.csv, train.csv",
        ),
        ({"test_csv": "x,y\n1,p\n"}, "expected files train.*, but found test.csv"),
        ({"a_csv": "x,y\n1,p\n", "b_csv": "x,z\n2,q\n"}, "b.csv and .*a.csv differ in the columns 'y', 'z'"),
    ],
)
def test_folders_of_no_use(folder, files, problem):
    with pytest.raises(DataError, match=problem):
        folder(**files)


def test_paths_of_no_use(tmp_path, spell):
    (tmp_path / "data.csv").write_text("x,y\n1,p\n2,q\n")
    (tmp_path / "data.txt").write_text("x,y\n1,p\n2,q\n")
    data = tmp_path / "data.csv"
    for spelled, problem in (
        (spell(tmp_path / "none.csv"), "there is no file or folder"),
        (spell(tmp_path / "data.txt"), "is no table by its name; understood are .csv"),
        (spell(data, test=tmp_path / "none.csv"), "there is no file or folder"),
        (spell(data, test=tmp_path / "data.txt"), "is no table by its name"),
        (spell(data, test=data), "is given both as train and as test part"),
        (spell(data, validation=tmp_path / "." / "data.csv"), "is given both as train and as validation part"),
        (spell(tmp_path / "none.csv", test=data, validation=data), "is given both as test and as validation part"),
    ):
        with pytest.raises(DataError, match=problem):
            build("dataset", spelled)
