"""Reading recipes: names, files of one's own, bases, options on top, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.recipes import Recipe, load_recipe


def own(tmp_path: Path, text: str) -> Recipe:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    return load_recipe(str(tmp_path / "mine.toml"))


def test_a_file_of_ones_own_needs_no_more_than_what_to_run(tmp_path: Path) -> None:
    recipe = own(tmp_path, '[run]\nloss = "focal"\nadjust = ["logit-adjustment"]\n')
    assert (recipe.name, recipe.run) == ("mine", {"loss": "focal", "adjust": ["logit-adjustment"]})
    assert (recipe.citation, recipe.reference) == (None, ())


def test_a_base_lends_protocol_and_settings(tmp_path: Path) -> None:
    base = load_recipe("erm")
    recipe = own(tmp_path, 'base = "erm"\n[run]\nloss = "focal"\nepochs = 30\n')
    assert recipe.run == base.run | {"loss": "focal", "epochs": 30}
    assert (recipe.protocol, recipe.reference, recipe.notes) == (base.protocol, (), ())
    assert own(tmp_path, 'base = "erm"\nprotocol = "mine"\n[run]\n').protocol == "mine"


def test_line_breaks_in_prose_are_only_for_editing(tmp_path: Path) -> None:
    assert own(tmp_path, 'summary = """\none\n  two"""\n[run]\n').summary == "one two"


def test_rates_belong_to_the_optimizer_they_were_chosen_for() -> None:
    recipe = Recipe(name="x", run={"optimizer": "sgd:nesterov=false", "lr": 0.2, "weight_decay": 1e-3})
    assert recipe.on_top({"epochs": 3}) == recipe.run | {"epochs": 3}
    assert recipe.on_top({"lr": 0.3}) == recipe.run | {"lr": 0.3}
    assert recipe.on_top({"optimizer": "adam"}) == {"optimizer": "adam"}
    assert recipe.on_top({"optimizer": "adam", "lr": 0.3}) == {"optimizer": "adam", "lr": 0.3}
    same = recipe.on_top({"optimizer": "SGD:nesterov=true,lr=0.5"})
    assert same == {"optimizer": "SGD:nesterov=true,lr=0.5", "weight_decay": 1e-3}
    assert recipe.on_top({"optimizer": "sgd:[", "lr": 0.3})["lr"] == 0.3  # the resolver reports the bracket
    unnamed = Recipe(name="x", run={"lr": 0.2})  # of muon, the default
    assert unnamed.on_top({"optimizer": "muon:momentum=0.8"})["lr"] == 0.2
    assert "lr" not in unnamed.on_top({"optimizer": "sgd"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[run", "cannot be read"),
        ("schema_version = 2\n[run]\n", "has schema_version 2, but this version reads 1"),
        ("schema_version = '1'\n[run]\n", "has schema_version '1', but this version reads 1"),
        (
            "[run]\nadjust = [3]\n",
            "option 'adjust': expected an option string NAME[:key=value,...] or an object, got 3",
        ),
        ("title = 'x'\n", "'run' is missing"),
        ("run = 3\n", "'run': input should be a valid dictionary, got 3"),
        ("titel = 'x'\n[run]\n", "unknown key 'titel'; did you mean 'title'?"),
        ("[run]\nlos = 'ce'\n", "unknown option 'los'; did you mean 'loss'?"),
        ("[run]\nrecipe = 'erm'\n", "[run] cannot name a recipe; to start from another, write `base = NAME`"),
        ("[run]\nepochs = -1\n", "option 'epochs' expects greater than or equal to 0, got -1"),
        ("[run]\n[citation]\nauthors = 'A'\ntitle = 'B'\nvenue = 'C'\n", "'citation.year' is missing"),
        (
            "[run]\n[citation]\nauthors = 'A'\ntitle = 'B'\nvenue = 'C'\nyear = 2000\narxiv = 'x'\n",
            "'citation.arxiv': string should match",
        ),
        (
            "[run]\n[[reference]]\ndata = 'd'\nimbalance = 'none'\nmetric = 'm'\nvalues = []\nsorce = 's'\n",
            "unknown key 'reference.0.sorce'; did you mean 'source'?",
        ),
        ("base = 3\n[run]\n", "'base' expects the name of a recipe without a base, got 3"),
        ("base = 'ldam-drw'\n[run]\n", "'base' expects the name of a recipe without a base, got 'ldam-drw'"),
        ("base = 'no-such'\n[run]\n", "no recipe named 'no-such'"),
        ("base = 'erm'\nrun = 3\n", "'run': input should be a valid dictionary, got 3"),
    ],
)
def test_what_is_no_recipe(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        own(tmp_path, text)
    assert message in str(caught.value)
    assert "mine.toml" in str(caught.value) or "no-such" in message


def test_every_problem_of_a_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        own(tmp_path, "titel = 'x'\nsumary = 'y'\n")
    assert len(caught.value.problems) == 3


def test_unknown_names_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no recipe named 'Ldam_DWR'; did you mean 'ldam-drw'\? \(known: .*, vs, "):
        load_recipe("Ldam_DWR")
    assert load_recipe("LDAM_drw") == load_recipe("ldam-drw")
    for name in (str(tmp_path / "gone.toml"), f"{tmp_path}/", "./gone"):
        with pytest.raises(ConfigError, match="cannot be read"):
            load_recipe(name)
