"""`imbalearn recipes` and `imbalearn run --recipe`."""

from __future__ import annotations

import json
import shlex
import tomllib
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from imbalearn_torch import RunConfig
from imbalearn_torch.cli import app
from imbalearn_torch.cli.config_options import config_values
from imbalearn_torch.cli.run import command as run
from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.recipes import load_recipe, recipe_names

# Few images, a small network: what a recipe says of everything else stays.
SMALL = ("--data", "digits", "--backbone", "resnet20", "--batch-size", "16", "--threads", "1")


def imbalearn(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def typed_config(*arguments: str) -> RunConfig:
    """The configuration of an `imbalearn run` with these arguments."""
    with run.make_context("run", list(arguments)) as context:
        given = {name: context.params[name] for name in RunConfig.model_fields}
        return RunConfig(**config_values(given, context.params["config_file"], context.params["recipe"]))


def dry_run(*arguments: str) -> dict[str, object]:
    done = imbalearn(*arguments, *SMALL, "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["config"]


def test_list_names_every_recipe_with_its_source_and_figure() -> None:
    listed = imbalearn("recipes", "list")
    assert listed.exit_code == 0
    lines = listed.stdout.splitlines()
    assert [line.split()[0] for line in lines[::2]] == list(recipe_names())
    place = recipe_names().index("ldam-drw")
    assert lines[2 * place].split("  ")[-1] == "LDAM with deferred re-weighting"
    assert lines[2 * place + 1].strip() == "Cao 2019, arXiv:1906.07413; cifar10 exp:ratio=100: 77.0 to 77.8 top-1 %"


def test_list_json() -> None:
    listed = imbalearn("recipes", "list", "--json")
    assert listed.exit_code == 0
    records = json.loads(listed.stdout)["recipes"]
    assert [record["name"] for record in records] == list(recipe_names())
    assert set(records[0]) == {"name", "title", "summary", "citation", "reference"}
    erm = next(record for record in records if record["name"] == "erm")
    assert erm["citation"]["arxiv"] == "1906.07413"
    assert erm["reference"][0] == {
        "data": "cifar10",
        "imbalance": "exp:ratio=100",
        "metric": "top-1 %",
        "values": [70.4, 72.0],
        "source": "lowest and highest of published tables",
        "note": "",
        "checked": True,
    }


@pytest.mark.parametrize("name", recipe_names())
def test_show_prints_everything(name: str) -> None:
    shown = imbalearn("recipes", "show", name)
    assert shown.exit_code == 0, shown.output
    recipe, words = load_recipe(name), " ".join(shown.stdout.split())
    assert recipe.citation is not None
    for text in (recipe.title, recipe.summary, recipe.protocol, str(recipe.citation), *recipe.notes):
        assert " ".join(text.split()) in words
    for each in recipe.reference:
        assert f"{each}; {each.source}" in words
    assert all(len(line) <= 100 for line in shown.stdout.splitlines() if not line.startswith("command: "))


@pytest.mark.parametrize("name", recipe_names())
def test_the_command_that_show_prints_is_the_recipe(name: str) -> None:
    line = imbalearn("recipes", "show", name).stdout.splitlines()[-1]
    assert line.startswith("command: imbalearn run --")
    assert typed_config(*shlex.split(line)[3:]) == RunConfig(**load_recipe(name).run)
    record = json.loads(imbalearn("recipes", "show", name, "--json").stdout)
    assert line == f"command: {record['command']}"


@pytest.mark.parametrize(("name", "doubtful"), [("crt", 6), ("cmo", 3), ("weight-balancing", 1), ("mislas", 0)])
def test_figures_from_memory_are_marked(name: str, doubtful: int) -> None:
    words = " ".join(imbalearn("recipes", "show", name).stdout.split())
    assert words.count("; from memory, not checked against the source") == doubtful
    figures = json.loads(imbalearn("recipes", "show", name, "--json").stdout)["reference"]
    assert [each["checked"] for each in figures].count(False) == doubtful


def test_show_json() -> None:
    record = json.loads(imbalearn("recipes", "show", "crt", "--json").stdout)
    recipe = load_recipe("crt")
    assert (record["schema_version"], record["name"], record["run"]) == (1, "crt", recipe.run)
    assert record["notes"] == list(recipe.notes)
    assert "--adjust crt" in record["command"]


def test_switches_lists_and_odd_texts_are_spelled_for_the_shell(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[run]\nchannels_last = false\nadjust = ["logit-adjustment", "logit-adjustment:tau=2"]\n'
        'data = "folder:path=\\"/a b/c\\""\n',
        encoding="utf-8",
    )
    line = imbalearn("recipes", "show", str(file)).stdout.splitlines()[-1]
    assert "--no-channels-last --adjust logit-adjustment --adjust logit-adjustment:tau=2" in line
    assert typed_config(*shlex.split(line)[3:]) == RunConfig(**load_recipe(str(file)).run)


def test_run_with_a_recipe_and_options_on_top() -> None:
    config = dry_run("run", "--recipe", "ldam-drw", "--epochs", "3", "--imbalance", "step:ratio=2", "--lr", "0.05")
    assert config["loss"] == "imbalearn-torch/ldam:max_m=0.5,s=30.0"
    assert str(config["weights"]).startswith("imbalearn-torch/effective:beta=0.9999,start=0.8")
    assert str(config["schedule"]).startswith("multistep:milestones=[0.8,0.9],gamma=0.01")
    assert (config["epochs"], config["lr"], config["weight_decay"]) == (3, 0.05, 2e-4)
    assert config["imbalance"] == "step:ratio=2.0,head=0.5,n_max=none"
    assert (
        dry_run("recipes", "run", "LDAM-drw", "--epochs", "3", "--imbalance", "step:ratio=2", "--lr", ".05") == config
    )


def test_recipes_run_trains_and_its_config_rebuilds_it(tmp_path: Path) -> None:
    quick = ("--epochs", "1", "--imbalance", "step:ratio=5,head=1", "--quiet", "--out", str(tmp_path / "run"))
    done = imbalearn("recipes", "run", "study-c-balanced-softmax", *SMALL, *quick)
    assert done.exit_code == 0, done.output
    again = imbalearn("run", "--config", str(tmp_path / "run" / "config.toml"), "--dry-run", "--json")
    config = json.loads(again.stdout)["config"]
    saved = json.loads((tmp_path / "run" / "result.json").read_text(encoding="utf-8"))["config"]
    assert config == saved
    assert saved["loss"] == "imbalearn-torch/balanced-softmax:smoothing=0.0"
    assert saved["weight_decay"] == 5e-4


def test_a_recipe_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text('base = "erm"\n[run]\nimbalance = "step"\nloss = "focal:gamma=1"\n', encoding="utf-8")
    assert dry_run("run", "--recipe", "mine.toml")["loss"] == "imbalearn-torch/focal:gamma=1.0"
    assert "focal:gamma=1" in imbalearn("recipes", "show", "./mine.toml").stdout


def test_a_run_records_its_recipe_and_is_gone_on_with(tmp_path: Path) -> None:
    out = tmp_path / "run"
    quick = ("--epochs", "1", "--imbalance", "step:ratio=5,head=1", "--quiet", "--out", str(out))
    assert imbalearn("run", "--recipe", "LDAM_drw", *SMALL, *quick).exit_code == 0
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert result["config"]["recipe"] == "ldam-drw"
    assert tomllib.loads((out / "config.toml").read_text(encoding="utf-8"))["recipe"] == "ldam-drw"
    # What a killed run leaves.
    for name in ("result.json", "manifest.json"):
        (out / name).unlink()
    assert imbalearn("resume", str(out), "--quiet").exit_code == 0
    again = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert (again["config"], again["metrics"]) == (result["config"], result["metrics"])


def test_a_run_without_a_recipe_records_none() -> None:
    assert "recipe" not in dry_run("run")
    assert "recipe" not in RunConfig().saved()


def test_a_recipe_of_ones_own_is_recorded_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("erm.toml").write_text("[run]\nepochs = 2\n", encoding="utf-8")
    assert dry_run("run", "--recipe", "erm.toml")["recipe"] == str(tmp_path / "erm.toml")
    assert dry_run("recipes", "run", "./erm.toml")["recipe"] == str(tmp_path / "erm.toml")


def test_another_optimizer_has_its_own_rates() -> None:
    config = typed_config("--recipe", "erm", "--optimizer", "adamw")
    assert (config.optimizer, config.lr, config.weight_decay) == ("adamw", None, None)
    config = typed_config("--recipe", "erm", "--optimizer", "sgd", "--weight-decay", "5e-4")
    assert (config.optimizer, config.lr, config.weight_decay) == ("sgd", 0.1, 5e-4)


def test_none_takes_back_what_a_recipe_says(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[run]\npatience = 3\nlr = 0.5\nadjust = ["logit-adjustment"]\nmix = "mixup"\n', encoding="utf-8")
    kept = typed_config("--recipe", str(file))
    assert (kept.patience, kept.lr, kept.adjust, kept.mix) == (3, 0.5, ("logit-adjustment",), "mixup")
    options = ("--patience", "none", "--lr", "None", "--adjust", "none", "--mix", "none")
    taken = typed_config("--recipe", str(file), *options)
    assert (taken.patience, taken.lr, taken.adjust, taken.mix) == (None, None, (), "none")
    file.write_text(file.read_text(encoding="utf-8").removeprefix("[run]\n"), encoding="utf-8")
    assert typed_config("--config", str(file), *options) == taken.model_copy(update={"recipe": None})


@pytest.mark.parametrize(
    "arguments",
    [
        ("recipes", "show", "balanced-sofmax"),
        ("recipes", "run", "balanced-sofmax"),
        ("run", "--recipe", "balanced-sofmax"),
    ],
)
def test_an_unknown_name_gives_the_nearest_and_all(arguments: tuple[str, ...]) -> None:
    done = imbalearn(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "error: no recipe named 'balanced-sofmax'; did you mean 'balanced-softmax'?" in done.stderr
    assert f"(known: {', '.join(recipe_names())})" in done.stderr


def test_a_recipe_and_a_config_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("epochs = 1\n", encoding="utf-8")
    done = imbalearn("run", "--recipe", "erm", "--config", str(tmp_path / "config.toml"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "error: --recipe and --config both say what to run; give one of them" in done.stderr
    assert imbalearn("recipes", "run", "erm", "--config", "x").exit_code == 2
    with pytest.raises(ConfigError):
        typed_config("--recipe", "", "--config", str(tmp_path / "config.toml"))


@pytest.mark.parametrize("flag", ["--recipe", "--config"])
def test_what_to_run_is_said_once(flag: str) -> None:
    done = imbalearn("run", flag, "erm", flag, "vs", "--dry-run")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.strip() == f"error: {flag} is given 2 times (erm, vs); give one"


def test_problems_of_recipe_and_options_are_reported_together(tmp_path: Path) -> None:
    done = imbalearn("recipes", "run", "erm", "--loss", "focall", "--epochs", "x", "--sampler", "balanced:strat=1")
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 3
    assert "Traceback" not in done.output


@pytest.mark.parametrize("typed", [["run", "--recipe"], ["recipes", "show"], ["recipes", "run"]])
def test_completion_offers_the_names(typed: list[str]) -> None:
    completion = ShellComplete(app, {}, "imbalearn", "_IMBALEARN_COMPLETE")
    offered = [item.value for item in completion.get_completions(typed, "study-e")]
    assert offered == ["study-e-average", "study-e-dropout", "study-e-flatten"]


def test_help_of_recipes_run_has_the_options_of_run() -> None:
    text = imbalearn("recipes", "run", "--help").output
    for flag in ("--loss", "--adjust", "--out", "--plugin", "--dry-run", "--json"):
        assert flag in text
    assert "--config" not in text
