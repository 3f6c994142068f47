"""What is found in one plugin, from its records to the suite."""

import sys
import warnings
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from fake_site import HEADER, FakeSite, offers

from imbalearn_torch.conformance import report
from imbalearn_torch.conformance.probe import Probe, Target
from imbalearn_torch.conformance.report import Finding, claims_of, examine
from imbalearn_torch.conformance.suite import Outcome
from imbalearn_torch.plugin.discovery import find_entry_points
from imbalearn_torch.plugin.registry import Registry

SOUND = Probe(seconds=0.001, errors=(None,))
LOSS = """
import torch


class MyLoss(torch.nn.Module):
    def __init__(self, *, reduction: str = "mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        return torch.nn.functional.cross_entropy(logits, targets, reduction=self.reduction)
"""
FIELDS = "factory='my_loss:MyLoss', summary='Mine.', reference='Me 2024'"


def offering(*fields: str, kind: str = "losses") -> str:
    """The source of a hook that yields records of these fields, over the defaults."""
    records = "\n".join(f"    yield Component(**(dict({FIELDS}) | dict({each})))" for each in fields)
    return f"@hookimpl\ndef imbalearn_{kind}():\n{records}"


@pytest.fixture
def no_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records only: the suite has tests of its own."""
    monkeypatch.setattr(report, "run_suite", lambda entries: iter(()))


def findings(site: FakeSite, source: str, probe: Probe = SOUND, **neighbours: list[tuple[str, str]]) -> list[Finding]:
    """What is found in the plugin `tried`, beside neighbours that offer these names."""
    site.write("my_loss.py", LOSS)
    site.install("tried", source)
    target = Target("tried", "1.0", tuple(find_entry_points()["tried"]))
    own = [
        (kind, name)
        for plugin in target.load()
        for kind, each in plugin.components
        for name in (each.name, *each.aliases)
    ]
    probes = [(Target(name), Probe(names=tuple(names))) for name, names in neighbours.items()]
    probes.append((target, Probe(names=tuple(own))))
    return list(examine(target, probe, claims_of(Registry(allowed=frozenset()).entries(), probes)))


def test_a_sound_loss(site: FakeSite) -> None:
    found = findings(site, offering("name='mine'"))
    assert {each.level for each in found} <= {"passed", "skipped"}
    passed = {each.check for each in found if each.level == "passed"}
    assert {"options-are-shown", "the-record-is-picklable", "it-builds"} < passed
    assert {each.component for each in found} == {"loss:mine"}


def test_failures_of_the_suite_are_failures(site: FakeSite) -> None:
    source = "    def __init__(self, *, reduction: str = 'mean'):\n        raise RuntimeError('no luck')"
    site.write("failing_loss.py", f"class MyLoss:\n{source}")
    failed = [
        each
        for each in findings(site, offering("name='mine', factory='failing_loss:MyLoss'"))
        if each.level == "failed"
    ]
    assert [(each.component, each.check) for each in failed] == [("loss:mine", "it-builds")]
    assert "no luck" in failed[0].message


@pytest.mark.parametrize(
    ("fields", "check", "message"),
    [
        ("summary=' '", "summary", "the summary is empty"),
        ("summary='One.\\nTwo.'", "summary", "the summary is longer than one line"),
        ("reference=''", "reference", "the reference is empty"),
        ("deprecated='focul'", "deprecated", "its successor 'focul' is no loss that is installed"),
        ("deprecated='mine'", "deprecated", "its successor 'mine' is no loss"),
        ("deprecated='balanced'", "deprecated", "its successor 'balanced' is no loss"),  # a sampler
        ("deprecated='nobody/focal'", "deprecated", "its successor 'nobody/focal' is no loss"),
    ],
)
def test_records_that_warn(site: FakeSite, no_suite: None, fields: str, check: str, message: str) -> None:
    (found,) = findings(site, offering(f"name='mine', {fields}"))
    assert (found.level, found.component, found.check) == ("warning", "loss:mine", check)
    assert message in found.message


@pytest.mark.parametrize("name", ["focal", "Focal", "focal:gamma=2", "imbalearn-torch/focal", "Tried/Other", "other"])
def test_a_known_successor(site: FakeSite, no_suite: None, name: str) -> None:
    assert findings(site, offering(f"name='mine', deprecated={name!r}", "name='other'")) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("name='focal'", "'focal' means the built-in; this one is reached as tried/focal"),
        ("name='cross-entropy'", "'cross-entropy' means the built-in; this one is reached as tried/cross-entropy"),
        ("name='mine', aliases=('ce',)", "'ce' means the built-in; this one is reached as tried/ce"),
        ("name='shared'", "'shared' is offered by alpha, zeta too; while both are installed, this one is tried/shared"),
        ("name='mine', aliases=('second',)", "'second' is offered by zeta too"),
    ],
)
def test_names_that_others_have(site: FakeSite, no_suite: None, fields: str, message: str) -> None:
    zeta = [("loss", "shared"), ("loss", "second"), ("mix", "mine"), ("loss", "focal")]
    (found,) = findings(site, offering(fields), zeta=zeta, alpha=[("loss", "shared")])
    assert (found.level, found.check) == ("warning", "name")
    assert message in found.message


def test_the_builtins_own_their_names(no_suite: None) -> None:
    builtin = Target("imbalearn-torch", points=(EntryPoint("x", "imbalearn_builtins.hooks", "imbalearn_torch"),))
    claims = claims_of(Registry(allowed=frozenset()).entries(), [(Target("zeta"), Probe(names=(("loss", "focal"),)))])
    assert claims["loss", "focal"] == ["imbalearn-torch", "zeta"]
    assert {each.check for each in examine(builtin, SOUND, claims)} == {"reference"}  # "ce" needs none


def test_two_files_with_one_name(site: FakeSite, no_suite: None, tmp_path: Path) -> None:
    files = [FakeSite(tmp_path).write(f"{name}_file.py", HEADER + offers("losses", "mine")) for name in ("a", "b")]
    targets = [Target("local", file=file) for file in files]
    claims = claims_of((), [(target, Probe(names=(("loss", "mine"),))) for target in targets])
    failed = [each for each in examine(targets[1], SOUND, claims) if each.check == "name"]
    assert failed == [Finding("failed", "loss:mine", "name", "another plugin of 'local' offers loss 'mine' too")]


@pytest.mark.parametrize(
    ("fields", "check", "message"),
    [
        ("factory='no_such_module_anywhere:X'", "factory", "ModuleNotFoundError"),
        ("factory='my_loss:Nothing'", "factory", "AttributeError"),
        ("factory='strange:ODD'", "factory", "Odd: at import"),
        ("factory='collections:Counter'", "signature", "takes *args or **kwargs"),
        ("factory='strange:untyped'", "signature", "parameter 'k' has no annotation"),
    ],
)
def test_a_factory_that_cannot_be_used_is_told_once(site: FakeSite, fields: str, check: str, message: str) -> None:
    odd = "class Odd(BaseException): pass\ndef __getattr__(name):\n    raise Odd('at import')"
    site.write("strange.py", odd + "\ndef untyped(*, k): pass")
    (found,) = findings(site, offering(f"name='mine', {fields}"))
    assert (found.level, found.component, found.check) == ("failed", "loss:mine", check)
    assert message in found.message


@pytest.mark.parametrize(
    ("probe", "check", "message"),
    [
        (Probe(seconds=1.94, heavy=("torch", "numpy"), errors=(None,)), "heavy-imports", "torch, numpy (1.94 s)"),
        (Probe(seconds=0.21, errors=(None,)), "load-time", "loading it takes 0.21 s"),
    ],
)  # fmt: skip
def test_what_makes_listings_slow(site: FakeSite, no_suite: None, probe: Probe, check: str, message: str) -> None:
    (found,) = findings(site, offering("name='mine'"), probe)
    assert (found.level, found.component, found.check) == ("warning", "", check)
    assert message in found.message


@pytest.mark.parametrize("probe", [Probe(died="it hangs"), Probe(seconds=0.1, errors=("it hangs",))])
def test_what_does_not_load_alone_is_not_loaded_here(site: FakeSite, probe: Probe) -> None:
    module = site.install("tried", offering("name='mine'"))
    target = Target("tried", points=tuple(find_entry_points()["tried"]))
    assert list(examine(target, probe, {})) == [Finding("failed", "", "load", "it hangs")]
    assert not site.imported(module)


def test_what_loads_alone_only(site: FakeSite) -> None:
    (found,) = findings(site, "import sys\nif 'torch' in sys.modules:\n    raise ImportError('no luck')\n")
    assert (found.level, found.check) == ("failed", "load")
    assert found.message == "it loads alone, but not beside torch: ImportError: no luck"


def test_strangers_neither_print_nor_warn(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run_suite(entries: object) -> list[Outcome]:
        print("loud")
        warnings.warn("a stranger's warning", stacklevel=1)
        return [Outcome("loss:mine", "a-check", "passed")]

    monkeypatch.setattr(report, "run_suite", run_suite)
    assert findings(site, offering("name='mine'")) == [Finding("passed", "loss:mine", "a-check")]
    assert capsys.readouterr() == ("", "loud\n")


def test_an_exception_that_nobody_expects_is_a_failure(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd(BaseException):
        pass

    def run_suite(entries: object) -> list[Outcome]:
        raise Odd("no luck")

    monkeypatch.setattr(report, "run_suite", run_suite)
    assert findings(site, offering("name='mine'")) == [Finding("failed", "loss:mine", "conformance", "Odd: no luck")]
    assert "tried" in sys.modules
