"""Recipes against the reference table and the studies of the evaluation protocol, and against what can be run."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from imbalearn_torch import RunConfig, registry
from imbalearn_torch.cli.config_options import config_values
from imbalearn_torch.cli.run import command
from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.experiments import recipes
from imbalearn_torch.experiments.check import check_config
from imbalearn_torch.experiments.recipes import load_recipe, recipe_names
from imbalearn_torch.experiments.resolve import ResolvedRun, resolve_run
from imbalearn_torch.experiments.run import start
from imbalearn_torch.training.schedules import SCHEDULES

FILES = Path(recipes.__file__).parent / "recipe_files"
PUBLISHED = (
    *("erm", "ldam-drw", "balanced-softmax", "logit-adjustment", "vs"),
    *("remix-drw", "cmo", "crt", "mislas", "weight-balancing"),
)
STUDIES = (
    *("study-a-plainnet20", "study-a-resnet20"),
    *("study-b-head", "study-b-head-and-norm", "study-b-all"),
    *("study-c-baseline", "study-c-weighted-loss", "study-c-weighted-sampler", "study-c-focal", "study-c-mixup"),
    *("study-c-balanced-mixup", "study-c-balanced-softmax"),
    *("study-d-small-cnn", "study-d-resnet18-cifar", "study-d-final", "study-d-imagenet", "study-d-imagenet-32"),
    *("study-e-flatten", "study-e-average", "study-e-dropout"),
)
OWN = ("quality-step10", "speedrun-step10")  # averaged weights and mirror images at test are part of it


def resolved(name: str, **given: Any) -> ResolvedRun:
    return resolve_run(RunConfig(**load_recipe(name).on_top(given)), registry(plugins=False))


def reported(name: str, *, metric: str = "top-1 %") -> dict[tuple[str, str], tuple[float, ...]]:
    """By data set and profile, the first figures of a recipe."""
    found: dict[tuple[str, str], tuple[float, ...]] = {}
    for each in load_recipe(name).reference:
        if each.metric == metric:
            found.setdefault((each.data, each.imbalance), each.values)
    return found


def test_there_is_one_for_each_published_setting_and_each_row_of_the_studies() -> None:
    assert set(recipe_names()) == {*PUBLISHED, *STUDIES, *OWN}
    assert list(recipe_names()) == sorted(recipe_names())


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_says_where_it_is_from_and_what_was_reported(name: str) -> None:
    recipe, raw = load_recipe(name), tomllib.loads((FILES / f"{name}.toml").read_text(encoding="utf-8"))
    assert (raw["schema_version"], raw["name"], recipe.name) == (1, name, name)
    assert recipe.title and recipe.summary.endswith(".") and recipe.protocol and recipe.notes and recipe.reference
    assert recipe.citation is not None
    for each in recipe.reference:
        assert each.source
        assert list(each.values) == sorted(each.values)
        assert all(0 < value < (1 if each.metric == "macro-F1" else 100) for value in each.values)
        assert registry(plugins=False).find("dataset", each.data)
        PROFILES.resolve(each.imbalance)
    # The first figure is of the data that the recipe trains on.
    assert (recipe.reference[0].data, recipe.reference[0].imbalance) == (recipe.run["data"], recipe.run["imbalance"])


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_resolves_and_keeps_the_protocol(name: str) -> None:
    config = resolved(name).config
    assert config.select != "test"  # what a study selected on test data is not repeated unasked
    assert config.imbalance is not None
    if name in OWN:
        return
    assert config.ema == 0
    assert config.tta == "none"


@pytest.mark.parametrize("name", recipe_names())
def test_the_commands_in_its_notes_are_sound(name: str) -> None:
    for words in re.findall(r"`((?:imbalearn run )?--[^`]*)`", " ".join(load_recipe(name).notes)):
        arguments = shlex.split(words.removeprefix("imbalearn run "))
        arguments = arguments if "--recipe" in arguments else ["--recipe", name, *arguments]
        with command.make_context("run", arguments) as context:
            given = {field: context.params[field] for field in RunConfig.model_fields}
            check_config(config_values(given, None, context.params["recipe"]), registry(plugins=False))


# "Reference figures (top-1 %, ResNet-32, 200 epochs)": the rows that are recipes; columns as below.
COLUMNS = [(data, f"exp:ratio={ratio}") for data in ("cifar10", "cifar100") for ratio in (100, 50, 10)]
TABLE = {
    "erm": [(70.4, 72.0), (74.8, 76.5), (86.4,), (38.3,), (43.9,), (55.7,)],
    "ldam-drw": [(77.0, 77.8), (81.0,), (88.2,), (42.0,), (46.6,), (58.7,)],
    "balanced-softmax": [(77.5,), (81.1,), None, (43.0,), (46.6,), None],
    "logit-adjustment": [(77.7,), None, None, (43.9,), (47.0,), (57.7,)],
    "vs": [(80.8,), None, None, (43.5,), None, None],
    "remix-drw": [(79.8, 81.8), None, (89.0,), (46.8,), None, (61.2,)],
    "mislas": [(82.5,), (85.7,), (90.0,), (47.0,), (52.3,), (63.2,)],
}


@pytest.mark.parametrize("name", TABLE)
def test_reference_figures_of_long_tailed_cifar(name: str) -> None:
    found = reported(name)
    assert [found.get(column) for column in COLUMNS] == TABLE[name]


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("erm", [(84.0,), (54.7,)]),
        ("ldam-drw", [(86.5,), None]),
        ("remix-drw", [(88.3,), None]),
    ],
)
def test_reference_figures_of_step_imbalance(name: str, figures: list[tuple[float, ...] | None]) -> None:
    found = reported(name)
    assert [found.get((data, "step:ratio=10")) for data in ("cifar10", "cifar100")] == figures


@pytest.mark.parametrize("name", [name for name in PUBLISHED if name != "weight-balancing"])
def test_the_common_protocol_of_long_tailed_cifar(name: str) -> None:
    run = resolved(name)
    config = run.config
    assert config.backbone.startswith("imbalearn-torch/resnet32:shortcut=pad")
    assert (config.epochs, config.batch_size, config.val_fraction) == (200, 128, 0)
    assert run.optimizer.options | {"lr": 0.1, "momentum": 0.9, "weight_decay": 2e-4, "nesterov": False} == (
        run.optimizer.options
    )
    assert config.augment == "crop:pad=4,mode=constant+flip"
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = run.schedule.build(optimizer=optimizer, steps=2000)  # ten steps an epoch
    rates = []
    for _ in range(2000):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    assert rates[0] < 0.01 and rates[25] == pytest.approx(0.05, rel=0.05)  # five epochs of warm-up
    assert rates[50] == pytest.approx(0.1) and rates[1599] == pytest.approx(0.1)
    assert rates[1600] == pytest.approx(1e-3) and rates[1799] == pytest.approx(1e-3)
    assert rates[1800] == pytest.approx(1e-5) and rates[1999] == pytest.approx(1e-5)


@pytest.mark.parametrize("name", ["ldam-drw", "remix-drw"])
def test_deferred_weights_start_at_epoch_160_of_200(name: str) -> None:
    run = resolved(name)
    counts = torch.tensor([5000, 500, 50])
    weights = run.components["weights"].build(class_counts=counts, epochs=run.config.epochs)
    assert weights(159).tolist() == [1, 1, 1]
    inverse = (1 - 0.9999) / (1 - 0.9999 ** counts.double())  # Cui 2019
    assert weights(160).tolist() == pytest.approx((3 * inverse / inverse.sum()).tolist())


@pytest.mark.parametrize(
    ("name", "differs", "f1"),
    [
        ("baseline", {}, (0.7457, 0.7618)),
        ("weighted-loss", {"weights": "inverse"}, (0.7505,)),
        ("weighted-sampler", {"sampler": "balanced"}, (0.6667,)),
        ("focal", {"loss": "focal:gamma=2"}, (0.7188,)),
        ("mixup", {"mix": "mixup:alpha=1"}, (0.7444,)),
        ("balanced-mixup", {"sampler": "balanced", "mix": "mixup:alpha=1"}, (0.7972,)),
        ("balanced-softmax", {"loss": "balanced-softmax", "epochs": 200, "weight_decay": 5e-4}, (0.7991,)),
    ],
)
def test_study_c_differs_from_its_baseline_by_the_method(name: str, differs: dict[str, Any], f1: tuple) -> None:
    run, baseline = load_recipe(f"study-c-{name}").run, load_recipe("study-c-baseline").run
    assert run == baseline | differs
    assert reported(f"study-c-{name}", metric="macro-F1") == {("cifar10", "step:ratio=10,head=1"): f1}
    counts = PROFILES.resolve(run["imbalance"]).build(available=torch.full((10,), 5000))
    assert counts.tolist() == [5000] + [500] * 9
    assert (run["lr"], baseline["weight_decay"], run["batch_size"]) == (0.1, 1e-4, 128)
    schedule = SCHEDULES.resolve(run["schedule"])
    milestones = [round(each * run["epochs"]) for each in schedule.options["milestones"]]
    assert (milestones, schedule.options["gamma"]) == ([100, 150] if name == "balanced-softmax" else [50, 75], 0.1)


def test_study_a_compares_networks_of_the_same_number_of_parameters() -> None:
    plain, residual = (resolved(f"study-a-{name}") for name in ("plainnet20", "resnet20"))
    sizes = [
        sum(parameter.numel() for parameter in run.components["backbone"].build(num_classes=100).parameters())
        for run in (plain, residual)
    ]
    assert sizes == [275_572, 275_572]
    assert plain.config == residual.config.model_copy(update={"backbone": plain.config.backbone})
    assert (residual.config.seed, residual.config.select, residual.config.monitor) == (42, "best", "loss")
    assert residual.config.data.startswith("imbalearn-torch/cifar100")
    for name, accuracy, f1 in (("plainnet20", (61.42,), (0.6126,)), ("resnet20", (64.98, 65.27), (0.6491,))):
        assert reported(f"study-a-{name}") == {("cifar100", "none"): accuracy}
        assert reported(f"study-a-{name}", metric="macro-F1") == {("cifar100", "none"): f1}


@pytest.mark.parametrize(("name", "trained"), [("head", 6500), ("head-and-norm", 7876), ("all", 275_572)])
def test_study_b_trains_what_the_study_trained(name: str, trained: int) -> None:
    run = resolved(f"study-b-{name}", backbone=_untrained(load_recipe(f"study-b-{name}").run["backbone"]))
    network = run.components["backbone"].build(num_classes=100)
    assert sum(each.numel() for each in network.parameters() if each.requires_grad) == trained
    assert (run.config.lr, run.config.weight_decay) == (0.1, 1e-4)
    assert [round(each * run.config.epochs) for each in run.schedule.options["milestones"]] == [30, 60]


def test_studies_d_and_e() -> None:
    final = resolved("study-d-final")
    assert (final.config.epochs, final.config.batch_size, final.config.weight_decay) == (30, 384, 5e-4)
    assert final.optimizer.options["nesterov"] is True
    assert final.config.loss == "imbalearn-torch/ce:smoothing=0.1"
    assert final.config.mix.startswith("imbalearn-torch/mixup:alpha=0.2")
    assert "cutout:size=16" in (final.config.augment or "")
    expected = {"small-cnn": 83.59, "resnet18-cifar": 92.40, "final": 92.72}
    assert {name: reported(f"study-d-{name}")["cifar10", "none"] for name in expected} == {
        name: (figure,) for name, figure in expected.items()
    }
    for name in ("flatten", "average", "dropout"):
        run = resolved(f"study-e-{name}")
        assert run.optimizer.component.name == "adam"
        assert (run.config.lr, run.config.weight_decay, run.config.batch_size) == (1e-3, 1e-6, 64)
        assert reported(f"study-e-{name}")["cifar10", "none"] == (82.0,)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Ten classes of 40 training and 4 test images of 3x32x32."""
    file = tmp_path_factory.mktemp("data") / "images.npz"
    generator = np.random.Generator(np.random.PCG64(0))
    parts = {
        part: (generator.integers(0, 256, (10 * each, 3, 32, 32), dtype=np.uint8), np.arange(10 * each) % 10)
        for part, each in (("train", 40), ("test", 4))
    }
    np.savez(
        file, **{f"{name}_{part}": each for part, pair in parts.items() for name, each in zip("xy", pair, strict=True)}
    )
    return f"npz:path={file}"


def _untrained(backbone: str) -> str:
    return re.sub(r"pretrained=[^,]*,?", "", backbone)


def small(name: str, images: str) -> ResolvedRun:
    """A recipe on little data, without the weights that a file or the network holds."""
    backbone = _untrained(load_recipe(name).run["backbone"])
    return resolved(name, data=images, epochs=2, batch_size=8, threads=1, backbone=backbone)


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_can_be_built(name: str, images: str) -> None:
    from imbalearn_torch.experiments.session import open_session

    described = open_session(small(name, images), registry(plugins=False)).describe()
    assert described["steps"] > 0
    assert not any("log-odds" in warning for warning in described["warnings"])  # nothing is corrected twice


@pytest.mark.parametrize("name", ["ldam-drw", "crt"])
def test_a_recipe_trains(name: str, images: str, tmp_path: Path) -> None:
    from imbalearn_torch.experiments.observer import Observer

    done = start(small(name, images), registry(plugins=False), tmp_path / "run", Observer())
    assert 0 <= done.metrics["test"]["accuracy"] <= 1
