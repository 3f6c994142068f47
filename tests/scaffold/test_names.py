"""Which names a new package may have."""

import importlib
from pathlib import Path

import pytest

from imbalearn_torch.errors import OptionError
from imbalearn_torch.scaffold.names import check_name, package_name


@pytest.mark.parametrize("typed", ["my-loss", "My_Loss", " my-loss\n"])
def test_the_canonical_spelling(typed: str) -> None:
    assert check_name(typed, "loss") == "my-loss"
    assert package_name("my-loss") == "my_loss"


@pytest.mark.parametrize("typed", ["", "2nd", "a--b", "-a", "a-", "a b", "a.b", "a/b", "../a", "a:b", "löss", "a\0"])
def test_what_is_no_name(typed: str) -> None:
    with pytest.raises(OptionError, match="lower-case words joined by '-' that begin with a letter, such as my-loss"):
        check_name(typed, "loss")


@pytest.mark.parametrize(
    ("kind", "name", "cause"),
    [
        ("loss", "focal", "that short name always means the built-in loss; choose another name"),
        ("loss", "cross-entropy", "always means the built-in loss 'ce'"),
        ("mix", "none", "always means the built-in mix"),
        ("loss", "class", "its package 'class' would be a keyword of Python"),
        ("loss", "types", "'types' would hide a module of Python's standard library"),
        ("loss", "tests", "the folder 'tests' of the package has another use"),
        ("loss", "local", "components of plugin files have that full name"),
        ("loss", "torch", r"torch \d.* is installed, and pip would replace it"),
        ("loss", "scikit-learn", "scikit-learn .* is installed"),
        ("loss", "sklearn", "a module of that name is installed"),
        ("loss", "imbalearn-torch", "imbalearn-torch .* is installed"),
        ("loss", "imbalearn-builtins", "a module of that name is installed"),
    ],
)
def test_names_that_somebody_has(kind: str, name: str, cause: str) -> None:
    with pytest.raises(OptionError, match=f"a plugin cannot be named '{name}': .*{cause}"):
        check_name(name, kind)


def test_a_name_of_another_kind_is_free() -> None:
    assert check_name("focal", "sampler") == "focal"


@pytest.mark.parametrize("path", ["my_thing.py", "my_thing/__init__.py", "my_thing/data.txt"])
def test_what_lies_in_the_current_folder_is_not_installed(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "here" / path
    file.parent.mkdir(parents=True)
    file.touch()
    monkeypatch.syspath_prepend(tmp_path / "here")
    importlib.invalidate_caches()
    with pytest.raises(OptionError, match="a module of that name is installed"):
        check_name("my-thing", "loss")
    monkeypatch.chdir(tmp_path / "here")
    assert check_name("my-thing", "loss") == "my-thing"
