from __future__ import annotations

from pathlib import Path

import pytest

from imbalearn_torch.errors import ConfigError, OptionError
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.grid import (
    Base,
    Replicate,
    base_of_file,
    base_of_recipe,
    expand,
    names_of,
    replicates,
    seeds_of,
)


def test_the_last_option_varies_fastest_in_the_order_given() -> None:
    drafts = expand({"loss": ["ce", "focal"], "epochs": ["3"], "sampler": ["instance", "balanced"]})
    assert [draft.name for draft in drafts] == [
        "loss=ce, sampler=instance",
        "loss=ce, sampler=balanced",
        "loss=focal, sampler=instance",
        "loss=focal, sampler=balanced",
    ]
    assert drafts[1].values == {"loss": "ce", "epochs": "3", "sampler": "balanced"}
    turned = expand({"sampler": ["instance", "balanced"], "loss": ["ce", "focal"]})
    assert [draft.name for draft in turned][:2] == ["sampler=instance, loss=ce", "sampler=instance, loss=focal"]


@pytest.mark.parametrize(
    ("given", "name"),
    [({}, "defaults"), ({"loss": ["ce"]}, "loss=ce"), ({"weight_decay": ["1", "2"]}, "weight-decay=1")],
)
def test_the_name_of_the_first(given: dict[str, list[str]], name: str) -> None:
    assert expand(given)[0].name == name


def test_every_base_gets_every_combination_on_top() -> None:
    bases = [Base("a", lambda given: {"epochs": 5, **given}), Base("b", lambda given: {"epochs": 6, **given})]
    drafts = expand({"loss": ["ce", "focal"], "lr": ["0.1"]}, bases)
    assert [draft.name for draft in drafts] == ["a, loss=ce", "a, loss=focal", "b, loss=ce", "b, loss=focal"]
    assert drafts[2].values == {"epochs": 6, "loss": "ce", "lr": "0.1"}
    assert [draft.name for draft in expand({"lr": ["0.1"]}, bases)] == ["a", "b"]
    assert [draft.name for draft in expand({"loss": ["ce", "focal"]}, bases[:1])] == ["loss=ce", "loss=focal"]


def test_adjusters_are_alternatives_and_a_plus_chains_them() -> None:
    drafts = expand({"adjust": ["none", "crt+temperature", "prior-shift:prior=[1e+5,1]"]})
    assert [draft.values["adjust"] for draft in drafts] == [
        (),
        ("crt", "temperature"),
        ("prior-shift:prior=[1e+5,1]",),
    ]
    assert drafts[1].name == "adjust=crt+temperature"


def test_recipes_and_saved_configurations(tmp_path: Path) -> None:
    recipe = base_of_recipe("LDAM_DRW")
    assert recipe.label == "ldam-drw"
    values = recipe.on_top({"epochs": 3})
    assert (values["recipe"], values["epochs"], str(values["loss"]).split(":")[0]) == ("ldam-drw", 3, "ldam")
    run = tmp_path / "my-run"
    run.mkdir()
    for file in (run / "config.toml", run / "other.toml"):
        file.write_text('schema_version = 1\nloss = "focal"\nepochs = 4\n', encoding="utf-8")
    assert base_of_file(str(run / "config.toml")).label == "my-run"
    assert base_of_file(str(run / "other.toml")).label == "other"
    assert base_of_file(str(run / "other.toml")).on_top({"epochs": 9}) == {"loss": "focal", "epochs": 9}


def test_files_of_one_name_are_told_apart() -> None:
    same = [Base("config", dict), Base("config", dict)]
    assert [draft.name for draft in expand({}, same)] == ["config", "config (2)"]


def test_names_of_configurations_made_in_python() -> None:
    configs = [RunConfig(loss="ce", seed=1), RunConfig(loss="ce", mix="mixup"), RunConfig(loss="focal", adjust="crt")]
    assert names_of(configs) == [
        "mix=none, loss=ce, adjust=none",
        "mix=mixup, loss=ce, adjust=none",
        "mix=none, loss=focal, adjust=crt",
    ]
    assert names_of([RunConfig(loss="focal")]) == ["loss=focal"]


@pytest.mark.parametrize(
    ("given", "seeds"),
    [("3", (0, 1, 2)), ("7,8", (7, 8)), ("7,", (7,)), (" 5, 2 ", (5, 2)), (2, (0, 1)), ([4, 9], (4, 9))],
)
def test_seeds(given: object, seeds: tuple[int, ...]) -> None:
    assert seeds_of(given) == seeds  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("given", ["a,b", "", "-1", "1,1", "0", 0, [], "1,,2", "³", "1.5", 2.5, [0, -1], [1.5]])
def test_what_is_no_list_of_seeds(given: object) -> None:
    with pytest.raises(OptionError, match="--seeds expects a number of seeds, such as 3, or a list, such as 7,8"):
        seeds_of(given)  # pyright: ignore[reportArgumentType]


def test_subset_seeds_go_with_the_seeds() -> None:
    assert replicates((3, 4)) == (Replicate(3), Replicate(4))
    assert replicates((3, 4), (9,)) == (Replicate(3, 9), Replicate(4, 9))
    assert replicates((3, 4), (8, 9)) == (Replicate(3, 8), Replicate(4, 9))
    assert [each.values for each in replicates((3, 4), (8, 9))][1] == {"seed": 4, "subset_seed": 9}
    assert list(map(str, (Replicate(3), Replicate(3, 9)))) == ["seed3", "seed3-subset9"]
    with pytest.raises(ConfigError, match="one for each of the 3 seeds, got 2"):
        replicates((0, 1, 2), (8, 9))
