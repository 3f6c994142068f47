import subprocess
import sys
from pathlib import Path

import pytest

from imbalearn_torch.data.recognise import looks_like_path, recognise
from imbalearn_torch.errors import DataError
from imbalearn_torch.plugin.grammar import parse_spec


def touch(root, *names):
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return root


@pytest.mark.parametrize("text", ["./x", "../x", "/x", "~/x", ".", "..", "~"])
def test_a_path(text):
    assert looks_like_path(text)


@pytest.mark.parametrize("text", ["digits", "folder:path=./x", "imbalearn-torch/digits", "x/y", ".hidden", ""])
def test_no_path(text):
    assert not looks_like_path(text)


@pytest.mark.parametrize(
    ("files", "path", "kind"),
    [
        (["train.parquet", "test.parquet"], ".", "parquet"),
        (["train.parquet"], "train.parquet", "parquet"),
        (["data/train-00000-of-00001.parquet", "README.md"], ".", "parquet"),
        (["plain_text/train-00000-of-00001.parquet"], ".", "parquet"),
        (["a.npz"], "a.npz", "npz"),
        (["A.NPZ"], "A.NPZ", "npz"),
        (["cat/1.png", "dog/1.png"], ".", "folder"),
        (["train/cat/1.png", "test/cat/1.png", "notes.txt"], ".", "folder"),
    ],
)
def test_kinds(tmp_path, files, path, kind):
    touch(tmp_path, *files)
    spec = parse_spec(recognise(tmp_path / path))
    assert (spec.name, spec.options) == (kind, {"path": str((tmp_path / path).resolve())})


def test_the_path_becomes_absolute_and_is_quoted_where_needed(tmp_path, monkeypatch):
    touch(tmp_path, 'my, "odd" [data]/cat/1.png')
    monkeypatch.chdir(tmp_path)
    text = recognise(Path('./my, "odd" [data]'))
    assert text.startswith('folder:path="/')
    assert parse_spec(text).options == {"path": str(tmp_path / 'my, "odd" [data]')}


def test_the_home_folder(tmp_path, monkeypatch):
    touch(tmp_path, "x.npz")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert recognise(Path("~/x.npz")) == f"npz:path={tmp_path.resolve() / 'x.npz'}"


@pytest.mark.parametrize(
    ("files", "path", "words"),
    [
        ([], "missing", "there is no file or folder .*missing"),
        ([], ".", "is empty; understood are"),
        (["a.txt"], "a.txt", "neither .parquet nor .npz; understood are"),
        (["a.txt"], "a.txt", "; a list of images and labels is list:path=/.*a.txt$"),
        (["a.csv"], "a.csv", "list of images, csv:path=.*a.csv, or a table, .* imbalearn-tabular reads: table:path="),
        ([".hidden/cat/1.png", "b.txt", "a.jpg"], ".", r"no subfolders, but 2 files \(a.jpg, b.txt\); understood are"),
    ],
)
def test_what_is_not_understood(tmp_path, files, path, words):
    touch(tmp_path, *files)
    with pytest.raises(DataError, match=words):
        recognise(tmp_path / path)


def test_nothing_heavy_is_imported(tmp_path):
    touch(tmp_path, "cat/1.png")
    code = """
import sys
from pathlib import Path
from pathlib import Path
from imbalearn_torch.data.profiles import PROFILES
from imbalearn_torch.data.recognise import recognise
from imbalearn_torch.plugin.build import resolve
resolve("dataset", recognise(Path(sys.argv[1])))
resolve("dataset", "parquet:path=x,mean=[0.5,0.5,0.5]"), resolve("dataset", "npz:path=x"), resolve("dataset", "cifar10")
PROFILES.resolve("step:ratio=10,head=1")
print(*{name.partition(".")[0] for name in sys.modules} & {"torch", "torchvision", "PIL", "pyarrow", "sklearn", "timm"})
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
