"""Where a new package is written: whole or not at all."""

import errno
import os
import tempfile
from pathlib import Path

import pytest

from imbalearn_torch.errors import OptionError
from imbalearn_torch.scaffold.render import render
from imbalearn_torch.scaffold.write import write_package


def test_what_is_rendered_is_written(tmp_path: Path) -> None:
    folder, files = write_package("My_Thing", "loss", tmp_path)
    assert folder == tmp_path / "my-thing"
    expected = render("my-thing", "loss")
    assert list(files) == list(expected)
    written = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    assert {path: file.read_bytes().decode() for path, file in written.items()} == expected
    assert list(tmp_path.iterdir()) == [folder]


def test_folder_and_files_have_the_usual_modes(tmp_path: Path) -> None:
    folder, _ = write_package("my-thing", "loss", tmp_path)
    (tmp_path / "usual").mkdir()
    (tmp_path / "usual.txt").touch()
    assert folder.stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert (folder / "README.md").stat().st_mode == (tmp_path / "usual.txt").stat().st_mode


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "my-thing").mkdir()
    folder, _ = write_package("my-thing", "loss", tmp_path)
    assert (folder / "README.md").is_file()


@pytest.mark.parametrize("occupant", ["file", "full", "link", "dangling"])
def test_what_is_there_stays(occupant: str, tmp_path: Path) -> None:
    place, elsewhere = tmp_path / "my-thing", tmp_path / "elsewhere"
    if occupant == "full":
        (place / "notes").mkdir(parents=True)
    elif occupant == "file":
        place.touch()
    else:
        place.symlink_to(elsewhere)
    if occupant == "link":
        elsewhere.mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OptionError, match="my-thing' exists and is not an empty folder; choose another name or --into"):
        write_package("my-thing", "loss", tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("into", ["missing", "file", "missing/deeper"])
def test_there_must_be_a_folder_to_write_into(into: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OptionError, match=f"Expected --into to be a folder that exists, but got '.*{into}'"):
        write_package("my-thing", "loss", tmp_path / into)
    assert not (tmp_path / "missing").exists()


def test_a_name_too_long_for_a_folder(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cannot be written: File name too long"):
        write_package("a" * 300, "loss", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:  # root may write everywhere, so the refusal is made up
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(OptionError, match="my-thing' cannot be written: Permission denied"):
        write_package("my-thing", "loss", tmp_path)


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_nothing_is_left_of_half_a_package(
    fault: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_text

    def fail_in_the_middle(file: Path, *arguments: str, **options: str) -> int:
        if file.name == "hooks.py":
            raise fault
        return write(file, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", fail_in_the_middle)
    with pytest.raises(type(fault)) as raised:
        write_package("my-thing", "loss", tmp_path)
    assert raised.value is fault
    assert not list(tmp_path.iterdir())
