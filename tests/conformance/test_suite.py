"""The order of checks, outcomes, and what is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from fake_site import FakeSite, offers
from subjects import subject_of

from imbalearn_torch import conformance
from imbalearn_torch.conformance import Check, ConformanceError, Outcome, Skip, checks_of, run_check, run_suite
from imbalearn_torch.conformance.check import checks
from imbalearn_torch.conformance.suite import option_texts
from imbalearn_torch.errors import DataError, OptionError
from imbalearn_torch.plugin.registry import Registry, registry
from imbalearn_torch.plugin.spec import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_checks_with_a_name_and_a_claim(kind: str) -> None:
    found = checks_of(kind)
    names = [check.name for check in found]
    assert names[:4] == ["options-are-shown", "an-unknown-option-is-refused", "the-record-is-picklable", "it-builds"]
    assert len(names) > 4
    assert len(set(names)) == len(names)
    for check in found:
        assert set(check.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert check.summary.endswith(".")


def test_a_check_is_named_after_its_function() -> None:
    def plans_are_in_range(subject: Any) -> None:
        """Every index is one of 0..N-1.

        More about it.
        """

    assert checks(plans_are_in_range) == (
        Check("plans-are-in-range", "Every index is one of 0..N-1.", plans_are_in_range),
    )


def make(*, beta: float = 0.5) -> Any:
    return lambda epoch: torch.ones(5)


def outcome(error: BaseException | None, kind: str = "weights") -> Outcome:
    def run(subject: Any) -> None:
        if error is not None:
            raise error

    return run_check(Check("a-check", "A claim.", run), subject_of(kind, make, options="beta=1"))


class CannotBeShown(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (None, "passed", ""),
        (Skip("no state"), "skipped", "no state"),
        (ConformanceError("expected a,\n  but got b"), "failed", "expected a, but got b"),
        (KeyError("x"), "failed", "it raised KeyError: 'x'"),
        (SystemExit(2), "failed", "it raised SystemExit: 2"),
        (OptionError("expected `beta` to be > 0"), "failed", "expected `beta` to be > 0"),
        (DataError("no rows"), "failed", "no rows"),
        (CannotBeShown(), "failed", "it raised CannotBeShown, which cannot be shown"),
    ],
)
def test_whatever_a_check_raises_becomes_an_outcome(error: Any, status: Any, message: str) -> None:
    assert outcome(error) == Outcome("weights:broken:beta=1", "a-check", status, message)


def test_an_interrupt_is_no_outcome() -> None:
    with pytest.raises(KeyboardInterrupt):
        outcome(KeyboardInterrupt())


def test_torch_generators_are_left_as_they_were() -> None:
    def run(subject: Any) -> None:
        subject.build()
        torch.rand(3)

    torch.manual_seed(7)
    before = torch.get_rng_state()
    run_check(Check("a-check", "A claim.", run), subject_of("weights", make))
    assert torch.equal(torch.get_rng_state(), before)


def test_what_cannot_be_built_fails_once_and_skips_the_rest() -> None:
    def fails() -> Any:
        raise RuntimeError("no luck")

    outcomes = [*run_suite([subject_of("weights", fails).entry])]
    statuses = [each.status for each in outcomes[3:]]
    assert statuses == ["failed"] + ["skipped"] * (len(statuses) - 1)
    assert {each.message for each in outcomes[4:]} == {"it-builds failed"}
    alone = run_check(checks_of("weights")[-1], subject_of("weights", fails))
    assert (alone.status, alone.message) == (
        "skipped", "it-builds did not pass: weights 'local/broken' could not be built: RuntimeError: no luck",
    )  # fmt: skip


def needs(*, beta: float) -> Any:
    return lambda epoch: torch.full((5,), beta)


def test_a_component_with_required_options_is_skipped_without() -> None:
    entry = subject_of("weights", needs).entry
    without = [*run_suite([entry])]
    assert [each.status for each in without[:4]] == ["passed", "passed", "passed", "skipped"]
    assert {each.message for each in without[4:]} == {"it-builds skipped"}
    given = [*run_suite([entry], {"weights:broken": ["beta=1", "beta=2"]})]
    assert [each.component for each in given[:: len(without)]] == ["weights:broken:beta=1", "weights:broken:beta=2"]
    assert "failed" not in {each.status for each in given}
    assert given[3].status == "passed"


def test_the_folder_is_empty_and_goes_away() -> None:
    seen = []

    def write(folder: Path) -> str:
        seen.append((folder, list(folder.iterdir())))
        (folder / "x").touch()
        return "beta=1"

    assert [*run_suite([subject_of("weights", make).entry], {"weights:broken": write})][3].status == "passed"
    ((folder, found),) = seen
    assert (found, folder.exists()) == ([], False)


def test_option_texts(tmp_path: Path) -> None:
    assert option_texts(None, tmp_path) == ("",)
    assert option_texts("a=1", tmp_path) == ("a=1",)
    assert option_texts(["a=1", "a=2"], tmp_path) == ("a=1", "a=2")
    assert option_texts(lambda folder: f"path={folder}", tmp_path) == (f"path={tmp_path}",)
    with pytest.raises(OptionError, match="the callable of `options` to return a str, but got 3"):
        option_texts(lambda folder: 3, tmp_path)  # type: ignore[arg-type, return-value]


HOOKS = ("samplers", "mixes", "losses", "weights", "backbones", "datasets", "adjusters")


def test_a_plugin_of_every_kind_that_is_none(site: FakeSite) -> None:
    """A factory that makes a dict fails checks of every kind, and no check breaks the suite."""
    site.install(
        "bad", "\n".join(offers(hook, "bad", factory="bad:make") for hook in HOOKS) + "\ndef make():\n    return {}"
    )
    entries = [entry for entry in Registry().entries() if entry.distribution == "bad"]
    outcomes = [*run_suite(entries)]
    failed = {each.component for each in outcomes if each.status == "failed"}
    assert failed == {f"{kind}:bad" for kind in KINDS}
    assert "\n" not in "".join(each.message for each in outcomes)


def test_what_is_public() -> None:
    assert set(conformance.__all__) >= {"Check", "Outcome", "Subject", "conformance_tests", "run_check", "run_suite"}
    assert all(hasattr(conformance, name) for name in conformance.__all__)
    assert registry().entries()
