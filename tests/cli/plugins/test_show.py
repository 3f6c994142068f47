"""`imbalearn plugins show`."""

import json
import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fake_site import HEADER, FakeSite, offers

from imbalearn_torch import __version__
from imbalearn_torch.cli import app
from imbalearn_torch.cli.options_help import component_help
from imbalearn_torch.plugin.registry import BUILTIN, Entry, Registry
from imbalearn_torch.plugin.spec import CONTEXT, CONTEXT_MEANING

BUILTINS = [entry for entry in Registry(allowed=frozenset()).entries() if entry.distribution == BUILTIN]
ACME = """
@hookimpl
def imbalearn_losses():
    yield Component(name="mine", factory="acme_parts.losses:Mine", summary="A loss\\n of [mine]\\x1b[31m.",
                    reference="Me 2024, doi:10.1/me", aliases=("own",), deprecated="focal", neutral="alpha=0")
    yield Component(name="bad", factory="acme_parts.losses:bad", summary="Bad.", reference="doi:10.1/me")
    yield Component(name="focal", factory=make)
@hookimpl
def imbalearn_adjusters():
    yield Component(name="shared", factory="acme_parts.losses:make")
@hookimpl
def imbalearn_datasets():
    yield Component(name="shared", factory="acme_parts.losses:make")
def make(): ...
"""
LOSSES = '''
raise RuntimeError("this module must not run")
class Mine:
    """A loss.

    Args:
        alpha: How \x1b[31mmuch.
    """
    def __init__(self, *, alpha: str = "a,b", class_counts, epochs=3): ...
def bad(*, alpha: dict = 3): ...
def make(): ...
'''


def show(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["plugins", "show", *arguments])


@pytest.fixture
def acme(site: FakeSite) -> FakeSite:
    site.write("acme_parts/__init__.py", "raise RuntimeError('this package must not run')")
    site.write("acme_parts/losses.py", LOSSES)
    site.write("acme_parts/references.bib", "@misc{me,\n\tdoi = {10.1/me},\n  note = {\x1b[31m},\n}\n")
    site.install("Acme", ACME, version="2.1")
    return site


def test_a_builtin() -> None:
    result = show("loss:focal")
    assert result.exit_code == 0
    assert (
        result.stdout
        == f"""\
loss focal (imbalearn-torch {__version__})
  Cross-entropy that fades for samples already well classified.
  Lin 2017, arXiv:1708.02002
  does nothing with: gamma=0

full name  imbalearn-torch/focal
factory    imbalearn_builtins.losses.focal:FocalLoss
makes      modules `forward(logits [B, K], targets [B])`

options:
  gamma  float  default 2.0
      How fast the loss fades, >= 0.

context that the engine passes:
  reduction  optional  {CONTEXT_MEANING["reduction"]}

BibTeX:
@inproceedings{{lin2017focal,
  author = {{Lin, Tsung-Yi and Goyal, Priya and Girshick, Ross and He, Kaiming and Doll{{\\'a}}r, Piotr}},
  title = {{Focal Loss for Dense Object Detection}},
  booktitle = {{IEEE International Conference on Computer Vision (ICCV)}},
  year = {{2017}},
  eprint = {{1708.02002}},
  archivePrefix = {{arXiv}},
}}

example: imbalearn run --loss focal:gamma=2.0
"""
    )


def test_a_stranger_is_shown_without_being_run(acme: FakeSite) -> None:
    result = show("loss:mine")
    assert result.exit_code == 0
    assert (
        result.stdout
        == f"""\
loss mine (acme 2.1)
  A loss of [mine]\\x1b[31m.
  Me 2024, doi:10.1/me
  also called: own
  deprecated: use focal
  does nothing with: alpha=0

full name  acme/mine
factory    acme_parts.losses:Mine
makes      modules `forward(logits [B, K], targets [B])`

options:
  alpha  str  default "a,b"
      How \\x1b[31mmuch.

context that the engine passes:
  class_counts  required  {CONTEXT_MEANING["class_counts"]}
  epochs        optional  {CONTEXT_MEANING["epochs"]}

BibTeX:
@misc{{me,
        doi = {{10.1/me}},
  note = {{\\x1b[31m}},
}}

example: imbalearn run --loss 'mine:alpha="a,b"'
"""
    )
    assert "acme_parts" not in sys.modules


@pytest.mark.parametrize("entry", BUILTINS, ids=lambda entry: f"{entry.kind}:{entry.name}")
def test_everything_that_help_prints_is_shown(entry: Entry) -> None:
    result = show("--no-plugins", f"{entry.kind}:{entry.name}")
    assert result.exit_code == 0
    *told, example = component_help(entry.kind, entry.name, Registry()).splitlines()
    assert set(told) <= set(result.stdout.splitlines())
    assert result.stdout.splitlines()[-1] == example.replace("example: ", "example: imbalearn run ")


@pytest.mark.parametrize("name", ["loss:focal", "adjust:logit-adjustment", "sampler:balanced"])
def test_the_example_is_a_run(name: str) -> None:
    line = show("--no-plugins", name).stdout.splitlines()[-1]
    program, *arguments = shlex.split(line.removeprefix("example: "))
    assert program == "imbalearn"
    done = CliRunner().invoke(app, [*arguments, "--dry-run", "--json", "--threads", "1"])
    assert done.exit_code == 0, done.stderr
    assert name.partition(":")[2] in json.dumps(json.loads(done.stdout)["config"])


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("loss:FOCAL", "loss focal (imbalearn-torch"),
        (" Loss : focal ", "loss focal (imbalearn-torch"),
        ("loss:imbalearn_torch/focal", "loss imbalearn-torch/focal (imbalearn-torch"),
        ("loss:cross_entropy", "loss ce (imbalearn-torch"),
        ("data:digits", "dataset digits (imbalearn-torch"),
        ("dataset:digits", "dataset digits (imbalearn-torch"),
        ("adjust:logit-adjustment", "adjuster logit-adjustment (imbalearn-torch"),
        ("focal", "loss focal (imbalearn-torch"),
        ("Cross-Entropy", "loss ce (imbalearn-torch"),
        ("acme/focal", "loss acme/focal (acme 2.1)"),
        ("loss:ACME/focal", "loss acme/focal (acme 2.1)"),
        ("own", "loss mine (acme 2.1)"),
    ],
)
def test_ways_to_name_a_component(acme: FakeSite, typed: str, title: str) -> None:
    result = show(typed)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(title)


def test_a_builtin_is_shown_without_loading_strangers(acme: FakeSite) -> None:
    assert show("loss:focal").exit_code == 0
    assert not acme.imported("acme")


def test_a_callable_without_options_or_context(acme: FakeSite) -> None:
    result = show("loss:acme/focal")
    assert "\nfactory    acme:make\n" in result.stdout
    assert result.stdout.endswith("\n\nno options\n\nno context\n\nexample: imbalearn run --loss acme/focal\n")


def test_a_signature_that_cannot_be_read(acme: FakeSite) -> None:
    result = show("loss:bad")
    assert result.exit_code == 1
    assert result.stderr == ""
    head, origin, cause, bibtex = result.stdout.rstrip().split("\n\n")
    assert head == "loss bad (acme 2.1)\n  Bad.\n  doi:10.1/me"
    assert origin.startswith("full name  acme/bad\n")
    assert cause == (
        "options and context cannot be read: loss 'bad': parameter 'alpha' is annotated 'dict'; "
        "an option is one of bool, int, float, str, Path, Literal[...], unions of these and None, tuple[X, ...]"
    )
    assert bibtex.startswith("BibTeX:\n@misc{me,")


def test_a_factory_that_cannot_be_imported(site: FakeSite) -> None:
    site.install("lost", offers("losses", "lost", factory="no_such_module_at_all:x"))
    result = show("loss:lost")
    assert result.exit_code == 1
    assert "cannot be imported: ModuleNotFoundError: No module named 'no_such_module_at_all'" in result.stdout


def test_a_name_whose_short_form_means_another(site: FakeSite) -> None:
    """Found by an alias that only it has, it is called by its full name, as the short one would be refused."""
    record = "Component(name='mine', factory=make, aliases=('a',))"
    site.install("one", f"def make(): ...\n@hookimpl\ndef imbalearn_losses():\n    yield {record}")
    site.install("two", offers("losses", "mine"))
    assert show("loss:a").stdout.splitlines()[-1] == "example: imbalearn run --loss one/mine"
    assert "loss 'mine' is offered by several plugins; write one/mine or two/mine" in show("loss:mine").stderr
    assert show("mine").stderr == ("error: several components are named 'mine'; write loss:one/mine or loss:two/mine\n")


def test_a_file(tmp_path: Path, site: FakeSite) -> None:
    file = FakeSite(tmp_path).write("my file/shown_file.py", HEADER + offers("losses", "mine", factory="shown_file:f")
                                    + "\ndef f(*, size: int): ...\n")  # fmt: skip
    for typed in ("mine", "loss:mine", "loss:local/mine"):
        result = show(typed, "--plugin", str(file))
        assert result.exit_code == 0, result.stderr
        name = "local/mine" if "/" in typed else "mine"
        assert result.stdout.splitlines()[0] == f"loss {name} (local)"
        assert result.stdout.splitlines()[-1] == (f"example: imbalearn run --plugin '{file}' --loss {name}:size=SIZE")
    assert show("loss:focal", "--plugin", str(file)).stdout.endswith("example: imbalearn run --loss focal:gamma=2.0\n")
    missing = show("loss:focal", "--plugin", "absent.py")
    assert missing.exit_code == 2
    assert missing.stderr.startswith("error: --plugin ")
    assert "no such file" in missing.stderr


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Expected KIND:NAME, such as loss:focal, but got ''"),
        (":focal", "Expected KIND:NAME, such as loss:focal, but got ':focal'"),
        ("loss:", "Expected loss:NAME, but got 'loss:'; `imbalearn plugins list --kind loss` prints the names"),
        ("data", "Expected dataset:NAME, but got 'data'; `imbalearn plugins list --kind dataset` prints the names"),
        ("loss:focal:gamma=1", "Expected KIND:NAME without options, but got 'loss:focal:gamma=1'; write loss:focal"),
        ("data:digits:help", "Expected KIND:NAME without options, but got 'data:digits:help'; write dataset:digits"),
        ("focal:gamma=1", "Expected KIND:NAME without options, but got 'focal:gamma=1'; write focal"),
        ("focal:help", "Expected KIND:NAME without options, but got 'focal:help'; write focal"),
        ("none", "several components are named 'none'; write mix:none or weights:none"),
        ("shared", "several components are named 'shared'; write dataset:shared or adjuster:shared"),
        ("acme/shared", "several components are named 'acme/shared'; "
                        "write dataset:acme/shared or adjuster:acme/shared"),
        ("acmes/mine", "no component named 'acmes/mine'; did you mean loss:acme/mine? (see `imbalearn plugins list`)"),
        ("zzzz", "no component named 'zzzz' (see `imbalearn plugins list`)"),
    ],
)  # fmt: skip
def test_bad_input(acme: FakeSite, typed: str, message: str) -> None:
    result = show(typed)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"error: {message}\n")


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("los:focal", "no kind of component named 'los'; did you mean 'loss'? (kinds: sampler, mix, loss,"),
        ("loss:focl", "no loss named 'focl'; did you mean 'focal'? (known: ce, focal,"),
        ("focl", "no component named 'focl'; did you mean loss:focal or loss:acme/focal or "),
        ("loss:a/b", "no loss named 'a/b'; did you mean 'acme/bad'? (known: imbalearn-torch/ce,"),
    ],
)
def test_a_misspelt_name(acme: FakeSite, typed: str, start: str) -> None:
    result = show(typed)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {start}")
    assert result.stderr.count("\n") == 1


def test_the_argument_is_required() -> None:
    result = show()
    assert result.exit_code == 2
    assert "Missing argument 'KIND:NAME'" in result.stderr


def test_plugins_that_failed_are_named_when_nothing_is_found(site: FakeSite) -> None:
    site.install("failing", "raise ImportError('no\\n\\x1b[31mluck')")
    message = "error: no component named 'failing/x' (see `imbalearn plugins list`)"
    assert show("failing/x").stderr == f"{message}; failed plugin failing 1.0 (ImportError: no \\x1b[31mluck)\n"
    assert show("failing/x", "--no-plugins").stderr.startswith(f"{message}; blocked plugin failing 1.0 (")


def test_every_context_name_has_a_meaning() -> None:
    assert set(CONTEXT_MEANING) == {name for names in CONTEXT.values() for name in names}
