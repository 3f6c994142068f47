"""What a run imports before its first step: nothing that it does not name."""

import pytest

from benchmarks.first_step import HEAVY, first_step


@pytest.mark.parametrize(
    "named",
    [
        (),
        ("--sampler", "balanced", "--mix", "cutmix", "--loss", "ldam", "--weights", "effective", "--optimizer", "sgd"),
        ("--adjust", "thresholds", "--augment", "crop:pad=1+flip", "--backbone", "small-cnn"),
    ],
    ids=["defaults", "a sampler, a mix, a loss, weights", "an adjuster, augmentations, a backbone"],
)
def test_a_run_imports_nothing_heavy_before_its_first_step(named: tuple[str, ...]) -> None:
    modules = first_step("--data", "digits", "--threads", "1", *named)["modules"]
    assert "torch.optim" not in modules  # torch comes before the count begins
    assert "imbalearn_torch.training.engine" in modules
    assert not set(HEAVY) & set(modules)


def test_what_a_run_names_is_imported() -> None:
    # The test above would pass, too, if nothing were ever counted.
    modules = first_step("--data", "digits", "--threads", "1", "--augment", "randaugment")["modules"]
    assert "torchvision" in modules
