"""`imbalearn recipes verify`: a run beside the published figure."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from imbalearn_torch.cli import app
from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.recipes import Reference, load_recipe
from imbalearn_torch.experiments.verify import comparable, judged, quick_values

RECIPE = """
[run]
data = "{data}"
imbalance = "step:ratio=10,head=1"
epochs = 1
batch_size = 16
precision = "fp32"

[[reference]]
data = "{data}"
imbalance = "step:ratio=10,head=1"
metric = "{metric}"
values = [{value}]
source = "nobody"
"""


def verify(folder: Path, *arguments: str, metric: str = "top-1 %", value: float = 1.0, data: str = "digits") -> Result:
    recipe = folder / "own.toml"
    recipe.write_text(RECIPE.format(metric=metric, value=value, data=data), encoding="utf-8")
    words = ["recipes", "verify", str(recipe), "--quiet", "--threads", "1", *arguments]
    return CliRunner().invoke(app, words)


def test_reached_below_and_judged_again_from_its_folder(tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = verify(tmp_path, "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert record["verifies"] is True and record["differences"] == []
    figure = record["figures"][0]
    accuracy = json.loads((out / "result.json").read_text())["metrics"]["test"]["accuracy"]
    assert figure["ours"] == pytest.approx(100 * accuracy)
    assert figure["low"] < figure["ours"] < figure["high"]
    assert figure["standing"] == "reached"
    for value, exit_code, standing in (
        (99.9, 1, "by more than the interval"),
        (figure["ours"] + 0.01, 0, "by less than the interval"),
    ):
        again = verify(tmp_path, "--run", str(out), value=value)
        assert again.exit_code == exit_code
        assert standing in again.stdout
    other = verify(tmp_path, "--run", str(out), "--json", metric="macro-F1", value=0.999)
    macro = json.loads(other.stdout)["figures"][0]
    assert macro["low"] < macro["ours"] < macro["high"] < 0.999
    assert other.exit_code == 1


def test_other_options_verify_nothing_and_are_named(tmp_path: Path) -> None:
    done = verify(tmp_path, "--epochs", "0", "--out", str(tmp_path / "run"), value=99.9)
    assert done.exit_code == 0
    assert "not as the recipe: epochs 0 instead of 1" in done.stdout
    assert "no verification" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--imbalance", "exp:ratio=3"], "no figure is reported for recipe 'own' on digits exp:ratio=3"),
        (["--losss", "ce"], "No such option"),
        (["--loss", "focl"], "did you mean 'focal'?"),
        (["--run", "no-such-folder"], "no-such-folder"),
        (["--run", "a", "--run", "b"], "give one"),
    ],
    ids=" ".join,
)
def test_bad_input_trains_nothing(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = verify(tmp_path, *arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_precision_that_the_machine_has_chosen_is_no_difference(tmp_path: Path) -> None:
    recipe, out = tmp_path / "own.toml", tmp_path / "run"
    text = RECIPE.replace('precision = "fp32"\n', "").format(data="digits", metric="macro-F1", value=0.999)
    recipe.write_text(text, encoding="utf-8")
    words = ["recipes", "verify", str(recipe), "--quiet", "--threads", "1"]
    trained = CliRunner().invoke(app, [*words, "--out", str(out)])
    again = CliRunner().invoke(app, [*words, "--run", str(out), "--json"])
    assert (trained.exit_code, again.exit_code) == (1, 1), again.output
    assert json.loads(again.stdout)["differences"] == []


def test_data_of_another_name_are_not_those_of_the_recipe(tmp_path: Path) -> None:
    recipe = load_recipe("study-c-baseline")
    for data in ("cifar100", "imbalearn-torch/cifar100", "local/mine"):
        config = RunConfig(**{**recipe.run, "data": data})
        with pytest.raises(ConfigError, match="no figure is reported"):
            comparable(recipe, config)
    assert comparable(recipe, RunConfig(**{**recipe.run, "data": f"parquet:path={tmp_path}"}))


def test_data_given_by_a_path_are_said_not_to_be_checked(tmp_path: Path) -> None:
    file, images = tmp_path / "own.npz", np.random.default_rng(0).integers(0, 255, (300, 8, 8, 3), dtype=np.uint8)
    np.savez(file, images=images, labels=np.arange(300) % 3)
    words = ["--data", f"npz:path={file}", "--backbone", "small-cnn", "--epochs", "0", "--out", str(tmp_path / "run")]
    done = verify(tmp_path, *words, data="cifar10")
    assert done.exit_code == 0, done.output
    assert "not checked: whether imbalearn-torch/npz:path=" in done.stdout
    again = verify(tmp_path, "--run", str(tmp_path / "run"), "--json", data="cifar10")
    assert json.loads(again.stdout)["data"].startswith("imbalearn-torch/npz:path=")


def test_quick_is_short_and_small_but_what_is_given_wins() -> None:
    values = dict(load_recipe("study-c-baseline").run)
    quick = quick_values(values, set())
    assert (quick["epochs"], quick["imbalance"]) == (2, "step:ratio=10.0,head=1,n_max=200")
    for most, shown in ((1000, 200), (50, 50)):
        quick = quick_values({**values, "imbalance": f"exp:ratio=100,n_max={most}"}, set())
        assert quick["imbalance"] == f"exp:ratio=100.0,n_max={shown}"
    assert quick_values({**values, "epochs": 5}, {"epochs", "imbalance"}) == {**values, "epochs": 5}
    assert (
        quick_values(dict(load_recipe("study-a-resnet20").run), set())["imbalance"] == "step:ratio=1,head=1,n_max=200"
    )


def test_the_interval_is_that_of_the_confusion_matrix(tmp_path: Path) -> None:
    """90 of 100 right: Wilson's 95 % interval is 82.56 to 94.48 % (statsmodels: proportion_confint(90, 100))."""
    (tmp_path / "confusion.csv").write_text("true class,a,b\na,45,5\nb,5,45\n", encoding="utf-8")
    result = {"metrics": {"test": {"accuracy": 0.9, "macro_f1": 0.9}}}
    given = {"data": "d", "imbalance": "none", "source": "nobody"}
    references = [
        Reference(metric="top-1 %", values=(95.0,), **given),
        Reference(metric="macro-F1", values=(0.8, 0.85), **given),
    ]
    accuracy, macro = judged(references, result, tmp_path)
    assert (accuracy["low"], accuracy["high"]) == (pytest.approx(82.56, abs=0.01), pytest.approx(94.48, abs=0.01))
    assert accuracy["standing"] == "below"
    assert (macro["standing"], macro["published"]) == ("reached", [0.8, 0.85])
    # The deviation of a share of 0.9 among 100 is 0.03.
    assert np.allclose((macro["low"], macro["high"]), (0.9 - 1.96 * 0.03, 0.9 + 1.96 * 0.03), atol=0.02)
