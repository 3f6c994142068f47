"""Runs from the file to the figures, as a user makes them."""

import pytest
from sklearn.datasets import load_breast_cancer, load_wine

import imbalearn_torch as ibt
from imbalearn_torch.errors import DataError


@pytest.fixture
def wine(tmp_path):
    """The wine data of scikit-learn with names of classes, a column of words and some gaps."""
    bunch = load_wine(as_frame=True)
    frame = bunch.frame.assign(
        target=[bunch.target_names[label] for label in bunch.target],
        tint=bunch.frame["color_intensity"].gt(5).map({True: "deep", False: "light"}),
    )
    frame.loc[::9, "alcohol"] = float("nan")
    frame.to_csv(tmp_path / "wine.csv", index=False)
    return tmp_path / "wine.csv"


def run(folder, **config):
    return ibt.run(ibt.RunConfig(backbone="imbalearn-tabular/mlp", threads=1, **config), out=folder)


def test_wine_is_learned(wine, tmp_path):
    done = run(tmp_path / "run", data=f"table:path={wine}", sampler="balanced", loss="balanced-softmax")
    # Logistic regression reaches 0.97 here; 36 test rows.
    assert done.metrics["test"]["macro_f1"] > 0.9
    assert sum(done.result["data"]["test_counts"]) == 36
    assert done.result["config"]["backbone"] == (
        "imbalearn-tabular/mlp:hidden=[256,256],dropout=0.2,norm=batch,activation=relu"
    )
    assert ibt.resume(done.folder).metrics["test"] == done.metrics["test"]


def test_a_test_file_is_used_whole(wine, tmp_path):
    frame = load_breast_cancer(as_frame=True).frame.sample(frac=1, random_state=0)
    frame[:400].to_parquet(tmp_path / "train.parquet")
    frame[400:].to_parquet(tmp_path / "test.parquet")
    data = f"imbalearn-tabular/table:path={tmp_path}/train.parquet,test={tmp_path}/test.parquet"
    done = run(tmp_path / "run", data=data, mix="mixup", weights="inverse", epochs=10)
    assert done.result["data"]["test_counts"] == frame["target"][400:].value_counts().sort_index().tolist()
    assert done.metrics["test"]["macro_f1"] > 0.9


def test_problems_of_the_data_reach_the_user(tmp_path):
    (tmp_path / "data.csv").write_text("x,y\n1,p\n2,p\n")
    with pytest.raises(DataError, match=r"data.csv: the target 'y' has a single class, 'p'"):
        run(tmp_path / "run", data=f"table:path={tmp_path}/data.csv")
    assert not (tmp_path / "run").exists()
