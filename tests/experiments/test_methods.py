from __future__ import annotations

import pytest

from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.grid import Draft, Replicate
from imbalearn_torch.experiments.methods import check_methods
from imbalearn_torch.plugin.registry import registry

SEEDS = (Replicate(0), Replicate(1, 7))


def test_runs_are_the_method_with_its_seeds() -> None:
    [method] = check_methods([Draft("focal", {"loss": "focal", "seed": 9})], SEEDS, registry())
    assert [run.folder for run in method.runs] == [
        f"focal-{method.digest}-seed0",
        f"focal-{method.digest}-seed1-subset7",
    ]
    assert [(run.config.seed, run.config.subset_seed) for run in method.runs] == [(0, None), (1, 7)]
    assert method.runs[0].config.loss == "imbalearn-torch/focal:gamma=2.0"
    assert not {"seed", "subset_seed", "recipe"} & set(method.config)


def test_the_digest_belongs_to_the_method_whatever_it_is_called() -> None:
    spelled = [{"loss": "CE"}, {"loss": "imbalearn-torch/ce"}, {"loss": "ce:smoothing=0", "recipe": "erm", "seed": 4}]
    digests = {check_methods([Draft("x", each)], SEEDS, registry())[0].digest for each in spelled}
    assert len(digests) == 1
    [other] = check_methods([Draft("x", {"loss": "ce", "epochs": 3})], SEEDS, registry())
    assert {other.digest} != digests


def test_folders_keep_their_name() -> None:
    [method] = check_methods([Draft("ce", {})], SEEDS, registry())
    [renamed] = check_methods([Draft("loss=ce", {})], SEEDS, registry(), {method.digest: method.stem})
    assert renamed.runs == method.runs
    assert renamed.stem == f"ce-{method.digest}"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("loss=focal:gamma=2, mix=mixup", "loss=focal_gamma=2+mix=mixup"),
        ("data=folder:path=../a b/c", "data=folder_path=..-a-b-c"),
        ("x" * 200, "x" * 60),
        ("...", "method"),
        ("손글씨", "method"),
    ],
)
def test_names_become_those_of_folders(name: str, stem: str) -> None:
    [method] = check_methods([Draft(name, {})], SEEDS, registry())
    assert method.stem == f"{stem}-{method.digest}"


@pytest.mark.parametrize("replicate", [Replicate(2**63), Replicate(-1), Replicate(1, -1)])
def test_every_seed_is_checked(replicate: Replicate) -> None:
    with pytest.raises(ConfigError, match="seed"):
        check_methods([Draft("ce", {})], (Replicate(0), replicate), registry())


def test_the_problems_of_all_methods_come_together_and_each_once() -> None:
    drafts = [
        Draft("a", {"loss": "focl", "epochs": "x"}),
        Draft("b", {"loss": "focl", "sampler": "balancd"}),
        Draft("c", {"loss": "ce"}),
        Draft("d", {"loss": "imbalearn-torch/ce"}),
    ]
    with pytest.raises(ConfigError) as raised:
        check_methods(drafts, SEEDS, registry())
    problems = raised.value.problems
    assert [problem.split("'")[1] for problem in problems] == ["epochs", "focl", "balancd", "c"]
    assert problems[-1] == "the methods 'c' and 'd' are the same with these options; leave one out"


class MyLoss: ...


def test_objects_of_one_class_are_told_apart_by_the_name_of_the_method() -> None:
    drafts = [Draft(name, {"loss": MyLoss()}) for name in ("one", "two")]
    one, two = check_methods(drafts, SEEDS, registry())
    assert one.digest != two.digest
    assert str(one.config["loss"]).startswith("object ")
