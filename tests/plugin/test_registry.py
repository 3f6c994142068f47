"""Lookup: built-ins first, strangers by short or full name, clashes told, nothing dependent on order."""

import contextlib
import itertools
import pickle
from pathlib import Path

import pytest
from fake_site import HEADER, FakeSite, offers
from hypothesis import given
from hypothesis import strategies as st

from imbalearn_torch import __version__
from imbalearn_torch.errors import ConfigError, ImbalearnError, UnknownComponentError
from imbalearn_torch.plugin.registry import Registry, registry
from imbalearn_torch.plugin.spec import KINDS

SPELLINGS = [
    "balanced-softmax",
    "Balanced_Softmax",
    " BALANCED-softmax ",
    "imbalearn-torch/balanced-softmax",
    "Imbalearn_Torch/Balanced_Softmax",
    "imbalearn.torch / balanced-softmax",
]


@pytest.mark.parametrize("name", SPELLINGS)
def test_spellings_of_a_builtin(name: str) -> None:
    entry = Registry().find("loss", name)
    assert (entry.kind, entry.name, entry.full_name) == ("loss", "balanced-softmax", "imbalearn-torch/balanced-softmax")
    assert (entry.distribution, entry.version, entry.label) == ("imbalearn-torch", __version__, "balanced-softmax")


def test_aliases_answer_but_the_name_is_recorded(site: FakeSite) -> None:
    record = "Component(name='long-name', factory='m:x', aliases=('ln', 'focal'))"
    site.install("strange", f"@hookimpl\ndef imbalearn_losses():\n    yield {record}")
    known = Registry()
    assert known.find("loss", "cross-entropy").name == "ce"
    assert known.find("loss", "LN").full_name == "strange/long-name"
    assert known.find("loss", "strange/ln").full_name == "strange/long-name"
    assert known.find("loss", "strange/focal").full_name == "strange/long-name"
    assert known.find("loss", "focal").distribution == "imbalearn-torch"


def test_a_builtin_owns_its_short_name(site: FakeSite) -> None:
    site.install("grabber", offers("losses", "focal", "cross-entropy", "other"))
    known = Registry()
    assert known.find("loss", "focal").distribution == "imbalearn-torch"
    assert known.find("loss", "cross-entropy").full_name == "imbalearn-torch/ce"  # by its alias
    assert known.find("loss", "grabber/focal").full_name == "grabber/focal"
    assert known.find("loss", "grabber/focal").label == "grabber/focal"
    assert {"focal", "grabber/focal", "other", "grabber/cross-entropy"} <= set(known.names("loss"))
    assert not any(known.ambiguous(entry) for entry in known.entries("loss"))


def test_two_strangers_with_one_name(site: FakeSite) -> None:
    site.install("zeta", offers("losses", "shared", "only-zeta"))
    site.install("alpha", offers("losses", "shared") + offers("mixes", "shared"))
    known = Registry()
    with pytest.raises(
        UnknownComponentError, match="'shared' is offered by several plugins; write alpha/shared or zeta/shared"
    ):
        known.find("loss", "shared")
    assert known.find("loss", "zeta/shared").full_name == "zeta/shared"
    assert known.find("loss", "alpha/shared").full_name == "alpha/shared"
    assert known.find("loss", "only-zeta").full_name == "zeta/only-zeta"
    assert known.find("mix", "shared").full_name == "alpha/shared"  # names belong to kinds
    assert {"alpha/shared", "zeta/shared", "only-zeta"} <= set(known.names("loss"))
    assert [entry.full_name for entry in known.entries() if known.ambiguous(entry)] == ["alpha/shared", "zeta/shared"]


def test_an_alias_of_one_and_a_name_of_another(site: FakeSite) -> None:
    record = "Component(name='first', factory='m:x', aliases=('second',))"
    site.install("one", f"@hookimpl\ndef imbalearn_losses():\n    yield {record}")
    site.install("two", offers("losses", "second"))
    with pytest.raises(UnknownComponentError, match="write one/first or two/second"):
        Registry().find("loss", "second")
    assert Registry().find("loss", "first").full_name == "one/first"


def test_nothing_depends_on_the_order_of_installing_or_asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {
        "b-dist": offers("losses", "x", "b"),
        "a-dist": offers("losses", "x", "a"),
        "c-dist": "import nothing_here",
    }
    listings = set()
    for number, order in enumerate(itertools.permutations(sources)):
        with monkeypatch.context() as patch:
            site = FakeSite(tmp_path / str(number))
            site.folder.mkdir()
            for name in order:
                site.install(name, sources[name], module=f"{name[0]}_{number}")
            patch.syspath_prepend(site.folder)
            known = Registry()
            if number % 2:
                known.find("loss", order[0] + "/x") if order[0] != "c-dist" else known.find("loss", "a")
            listings.add(
                (tuple(map(str, known.plugins())), known.names("loss"), tuple(e.full_name for e in known.entries()))
            )
    assert len(listings) == 1


def test_a_full_name_loads_only_its_distribution(site: FakeSite) -> None:
    one, two = site.install("one", offers("losses", "x")), site.install("two", offers("losses", "y"))
    known = Registry()
    assert known.find("loss", "ONE/x").full_name == "one/x"
    assert site.imported(one)
    assert not site.imported(two)
    with pytest.raises(UnknownComponentError, match=r"no loss named 'one/y'; did you mean 'one/x'\? \(known: one/x;"):
        known.find("loss", "one/y")
    assert not site.imported(two)


def test_the_search_for_distributions_waits_until_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imbalearn_torch.plugin.registry.find_entry_points", lambda: pytest.fail("it searched"))
    assert registry().find("sampler", "balanced").name == "balanced"
    assert Registry().find("weights", "imbalearn-torch/none").name == "none"


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        (
            "loss",
            "focul",
            r"no loss named 'focul'; did you mean 'focal'\? \(known: ce, focal, .*see `imbalearn plugins list`",
        ),
        ("loss", "imbalearn-torch/focul", "did you mean 'imbalearn-torch/focal'"),
        ("loss", "nobody/balanced-softmax", "did you mean 'imbalearn-torch/balanced-softmax'"),
        ("loss", "balanced", "did you mean 'balanced-softmax'"),  # a sampler's name
        ("losses", "ce", r"no kind of component named 'losses'; did you mean 'loss'\? \(kinds: sampler, mix"),
        ("loss", "", "no loss named ''"),
        ("loss", "/", "no loss named '/'"),
    ],
)
def test_unknown_names(site: FakeSite, kind: str, name: str, message: str) -> None:
    with pytest.raises(UnknownComponentError, match=message):
        Registry().find(kind, name)


@given(kind=st.sampled_from(KINDS), name=st.text())
def test_any_name_is_found_or_refused(kind: str, name: str) -> None:
    with contextlib.suppress(UnknownComponentError):
        Registry(allowed=frozenset()).find(kind, name)


def test_a_file_by_string_and_by_callable(tmp_path: Path, site: FakeSite) -> None:
    file = FakeSite(tmp_path).write(
        "my_file.py",
        f"{HEADER}class One:\n    def __init__(self, *, k: int = 1): self.k = k\ndef two(*, k: int = 2): return k\n"
        "@hookimpl\ndef imbalearn_losses():\n    yield Component(name='one', factory='my_file:One')\n"
        "    yield Component(name='two', factory=two)\n    yield Component(name='focal', factory=lambda: 0)\n",
    )
    known = registry([file, file], plugins=False)
    assert known.find("loss", "one").full_name == "local/one"
    assert known.find("loss", "Local/Two").full_name == "local/two"
    assert known.find("loss", "focal").distribution == "imbalearn-torch"
    assert [option.default for name in ("one", "two") for option in known.options("loss", name)] == [1, 2]
    assert registry([file], plugins=False) is known


@pytest.mark.parametrize("second", ["b.py", "folder/a.py"], ids=["the same component", "the same file name"])
def test_two_files_with_the_same_name(tmp_path: Path, site: FakeSite, second: str) -> None:
    folder = FakeSite(tmp_path)
    files = [
        folder.write(name, HEADER + offers("losses", "mine"))
        for name in ("a_plugin.py", second.replace("a.py", "a_plugin.py"))
    ]
    with pytest.raises(ConfigError) as caught:
        registry(files)
    (problem,) = caught.value.problems
    assert str(files[1]) in problem
    assert "already" in problem


def test_a_file_and_a_distribution_with_the_same_name(tmp_path: Path, site: FakeSite) -> None:
    site.install("strange", offers("losses", "mine"))
    known = registry([FakeSite(tmp_path).write("a_file.py", HEADER + offers("losses", "mine"))])
    with pytest.raises(UnknownComponentError, match="write local/mine or strange/mine"):
        known.find("loss", "mine")


def test_entries_and_errors_survive_pickling() -> None:
    entry = Registry().find("loss", "focal")
    assert pickle.loads(pickle.dumps(entry)) == entry
    with pytest.raises(ImbalearnError) as caught:
        Registry().find("loss", "nothing-like-it")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
