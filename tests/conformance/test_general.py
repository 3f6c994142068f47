"""What every component has to keep, tried on factories broken on purpose."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from fake_site import FakeSite
from subjects import outcome_of, outcomes_of, subject_of
from torch import Tensor

from imbalearn_torch import errors
from imbalearn_torch.conformance import general
from imbalearn_torch.conformance.suite import Outcome

SHOWN, REFUSED, PICKLED, BUILDS = (each.name for each in (*general.CHECKS, general.BUILDS))


def anything(
    *,
    beta: float = 1e-5,
    names: tuple[str, ...] = ("a,b", "", "none"),
    path: Path | None = None,
    mode: Literal["fast", "none", "1"] = "1",
    number: int | str = "7",
) -> Any:
    return lambda epoch: torch.ones(5)


def test_a_good_factory_passes() -> None:
    outcomes = outcomes_of(subject_of("weights", anything))
    assert [outcomes[name] for name in (SHOWN, REFUSED, PICKLED, BUILDS)] == [
        Outcome("weights:broken", name, "passed") for name in (SHOWN, REFUSED, PICKLED, BUILDS)
    ]


def without_annotation(*, beta=0.9) -> Any:  # type: ignore[no-untyped-def]
    return lambda epoch: torch.ones(5)


def any_keyword(**options: float) -> Any:
    return lambda epoch: torch.ones(5)


def no_literal(*, beta: float = float("inf")) -> Any:
    return lambda epoch: torch.ones(5)


def of_another_type(*, beta: int = 0.5) -> Any:  # type: ignore[assignment]
    return lambda epoch: torch.ones(5)


def a_mapping(*, beta: dict[str, float] | None = None) -> Any:
    return lambda epoch: torch.ones(5)


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (without_annotation, "weights 'broken': parameter 'beta' has no annotation; an option is one of bool, int"),
        (any_keyword, "the factory 'any_keyword' takes *args or **kwargs, so its options cannot be known"),
        (no_literal, "the default of 'beta' is no literal but inf"),
        (of_another_type, "the default 0.5 of 'beta' is no int"),
        (a_mapping, "parameter 'beta' is annotated 'dict[str, float] | None'; an option is one of"),
    ],
)
def test_options_that_cannot_be_shown(factory: Any, message: str) -> None:
    outcomes = outcomes_of(subject_of("weights", factory))
    assert outcomes[SHOWN].status == "failed"
    assert message in outcomes[SHOWN].message


def test_a_default_whose_text_is_not_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(general, "format_options", lambda options, values: "beta=2")
    outcome = outcome_of(subject_of("weights", anything), SHOWN)
    assert outcome.status == "failed"
    assert "do not survive their own text 'beta=2'" in outcome.message


def test_a_factory_that_takes_any_option() -> None:
    outcome = outcome_of(subject_of("weights", any_keyword), REFUSED)
    assert (outcome.status, "takes *args or **kwargs" in outcome.message) == ("failed", True)


def test_a_factory_with_an_option_named_like_the_unknown_one() -> None:
    def named(*, nonsense: int = 1) -> Any:
        return lambda epoch: torch.ones(5)

    assert outcome_of(subject_of("weights", named), REFUSED).status == "passed"


def test_an_unknown_option_that_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(general, "typed_options", lambda who, signature, spec: {})
    outcome = outcome_of(subject_of("weights", anything), REFUSED)
    assert (outcome.status, outcome.message) == ("failed", "an unknown option was accepted")


@pytest.mark.parametrize("factory", [lambda: None, type("Local", (), {"__init__": lambda self: None})])
def test_a_record_that_cannot_be_pickled(factory: Any) -> None:
    outcome = outcome_of(subject_of("weights", factory), PICKLED)
    assert outcome.status == "failed"
    assert outcome.message.startswith("the record cannot be pickled (")
    assert outcome.message.endswith("name the factory as 'package.module:attribute'")


class Reborn:
    """A callable that comes back from pickling as another."""

    def __call__(self) -> Any:
        return lambda epoch: torch.ones(5)


def test_a_record_that_changes_by_pickling() -> None:
    outcome = outcome_of(subject_of("weights", Reborn()), PICKLED)
    assert (outcome.status, outcome.message) == ("failed", "the record is another after pickling")


def test_a_factory_named_by_its_module_is_picklable(site: FakeSite) -> None:
    site.write("mine.py", "def make(*, beta: float = 0.5):\n    return None\n")
    assert outcome_of(subject_of("weights", "mine:make"), PICKLED).status == "passed"


def all_present(*, class_counts: Tensor) -> Any:
    if bool((class_counts == 0).any()):
        raise errors.OptionError("every class must have an image")
    return lambda epoch: 1 / class_counts


def divides(*, class_counts: Tensor) -> Any:
    inverse = [1 / count for count in class_counts.tolist()]
    return lambda epoch: torch.tensor(inverse)


def no_luck() -> Any:
    raise RuntimeError("no luck")


def leaves() -> Any:
    raise SystemExit(3)


class CannotBeShown(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (all_present, "weights 'local/broken': every class must have an image"),
        (divides, "weights 'local/broken' could not be built: ZeroDivisionError: division by zero"),
        (no_luck, "weights 'local/broken' could not be built: RuntimeError: no luck"),
        (leaves, "weights 'local/broken' could not be built: SystemExit: 3"),
        ("no_such_module:make", "the factory 'no_such_module:make' cannot be imported: ModuleNotFoundError"),
    ],
)
def test_a_factory_that_cannot_build(factory: Any, message: str) -> None:
    outcomes = outcomes_of(subject_of("weights", factory))
    assert outcomes[BUILDS].status == "failed"
    assert message in outcomes[BUILDS].message
    rest = {each.status for name, each in outcomes.items() if name not in (SHOWN, REFUSED, PICKLED, BUILDS)}
    assert rest == {"skipped"}


def test_an_error_that_cannot_be_shown() -> None:
    def fails() -> Any:
        raise CannotBeShown

    assert outcome_of(subject_of("weights", fails), BUILDS).status == "failed"


def test_a_required_option_that_is_not_given() -> None:
    def needs(*, beta: float, gamma: int) -> Any:
        return lambda epoch: torch.full((5,), beta)

    outcome = outcome_of(subject_of("weights", needs, options="gamma=1"), BUILDS)
    assert outcome.status == "skipped"
    assert outcome.message.startswith("it needs the option `beta`: give `options=`")
    given = outcomes_of(subject_of("weights", needs, options="gamma=1,beta=2"))
    assert given[BUILDS] == Outcome("weights:broken:gamma=1,beta=2", BUILDS, "passed")


@pytest.mark.parametrize("options", ["beta=x", "beta", "gamma=1", "help", "beta=[1"])
def test_options_that_cannot_be_used_are_no_pass(options: str) -> None:
    outcomes = outcomes_of(subject_of("weights", anything, options=options))
    assert outcomes[BUILDS].status == "failed"
    assert "passed" not in {each.status for name, each in outcomes.items() if name not in (SHOWN, REFUSED, PICKLED)}
