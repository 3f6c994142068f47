import pytest

from imbalearn_torch.errors import DataError, OptionError

ROWS = "1,2,a\n3,4,b\n"


@pytest.mark.parametrize("name", ["target", "label", "class", "y", "Class"])
def test_the_target_is_found_by_its_name(load, name):
    assert load(f"u,{name},v\n1,a,2\n3,b,4\n").train.inputs.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("header", "options", "problem"),
    [
        ("u,v,w", "", r"no column is called target; choose with `target=` \(columns: 'u', 'v', 'w'\)"),
        ("y,v,label", "", r"several columns may be the target: 'y', 'label'; choose with `target=`"),
        ("u,v,y", "target=uv", "Expected `target` to be among the columns 'u', 'v', 'y', but got 'uv'; did you mean"),
        ("u,v,y", "drop=w", "Expected `drop` to be among the columns 'u', 'v', but got 'w'"),
        ("u,v,y", "drop=y", "Expected `drop` to be among the columns 'u', 'v', but got 'y'"),
        ("u,v,y", "categorical=[u,y]", "Expected `categorical` to be among the columns 'u', 'v', but got 'y'"),
        ("u,v,y", "drop=u,categorical=u", "Expected `categorical` to be among the columns 'v', but got 'u'"),
    ],
)
def test_options_that_name_no_column(load, header, options, problem):
    with pytest.raises(OptionError, match=problem):
        load(f"{header}\n{ROWS}", options)


def test_nothing_left(load):
    with pytest.raises(DataError, match="no column left beside the target 'y'"):
        load(f"u,v,y\n{ROWS}", "drop=[u,v]")


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        ("u,y\n1,a\n", r"test.csv lacks the columns 'v' of the training file"),
        ("u,v\n1,2\n", r"test.csv lacks the columns 'y' of the training file"),
        ("u,v,y,id\n1,2,a,7\n", r"test.csv has the columns 'id', .*`drop=id`"),
        ('u,v,y,"n,m",id\n1,2,a,7,8\n', r'test.csv has the columns .*`drop=\["n,m",id\]`'),
    ],
)
def test_other_columns_in_another_part(load, test, problem):
    with pytest.raises(DataError, match=problem):
        load(f"u,v,y\n{ROWS}", test=test)


def test_a_dropped_column_may_be_in_one_part_only(load):
    data = load(f"u,v,y\n{ROWS}", "drop=id", test="id,y,v,u\n7,a,2,1\n")
    assert data.test.inputs.tolist() == [[1, 2]]
