"""Which BibTeX entries belong to a component, and where they come from."""

import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fake_site import FakeSite

import imbalearn_builtins
from imbalearn_torch.plugin.bibtex import bibtex_entries
from imbalearn_torch.plugin.registry import BUILTIN, Entry, Registry
from imbalearn_torch.plugin.spec import Component

BUILTINS = [entry for entry in Registry(allowed=frozenset()).entries() if entry.distribution == BUILTIN]
ARXIV = re.compile(r"(?i)arxiv:\s*([\w./-]*\w)")
ENTRY = "@misc{{key,\n  title = {{T}},\n  {field}\n}}"


def entries_of(reference: str, factory: str | Callable[..., Any] = "quoting.losses:Mine") -> tuple[str, ...]:
    return bibtex_entries(Component(name="mine", factory=factory, reference=reference))


@pytest.fixture
def quoting(site: FakeSite) -> Callable[[str], Path]:
    """Write `references.bib` of the package `quoting`, which must never be imported."""
    site.write("quoting/__init__.py", "raise RuntimeError('this package must not run')")
    return partial(site.write, "quoting/references.bib")


def test_an_entry_stands_as_in_the_file(quoting: Callable[[str], Path]) -> None:
    file = quoting("")
    wanted = "@Article{me,\n\ttitle = {{A} @ B},\n    eprint={2401.00001},\n  note = {Grüße},\n  }"
    text = f"About: eprint = {{2401.00001}}\n\n@misc{{other, doi={{10.1/x}}}}\n\n% mine\n{wanted}\n\n  % end\n\n"
    file.write_text(text, encoding="utf-8")
    assert entries_of("Me 2024, arXiv:2401.00001") == (wanted,)
    assert "quoting" not in sys.modules


def test_a_reference_to_two_papers_has_two_entries(quoting: Callable[[str], Path]) -> None:
    quoting("@misc{a, eprint = {2401.00001}}\n@misc{b, eprint = {2401.00002}}\n@misc{c, eprint = {2401.00003}}\n")
    assert entries_of("arXiv:2401.00003 and arXiv:2401.00001") == (
        "@misc{a, eprint = {2401.00001}}",
        "@misc{c, eprint = {2401.00003}}",
    )


@pytest.mark.parametrize(
    ("field", "reference"),
    [
        ("eprint = {1708.02002},", "Lin 2017, arXiv:1708.02002"),
        ('EPRINT = "1708.02002",', "https://arxiv.org/abs/1708.02002v2"),
        ("eprint = {{arXiv:1708.02002v2}},", "Lin et al. (1708.02002)."),
        ("eprint = {cs/0112017},", "arXiv:cs/0112017"),
        ("url = {https://arxiv.org/abs/1708.02002},", "arXiv:1708.02002"),
        ("url = {http://www.arxiv.org/pdf/1708.02002.pdf},", "arXiv:1708.02002."),
        ("doi = {10.48550/arXiv.1708.02002}", "ARXIV:1708.02002"),
        ("eprint = {1708.02002}", "doi:10.48550/arXiv.1708.02002"),
        ("doi = {10.1007/978-3_7},", "https://doi.org/10.1007/978-3_7"),
        ("doi = {10.1007/978-3\\_7},", "doi:10.1007/978-3_7, 2020"),
        ("doi = {https://dx.doi.org/10.1007/ABC},", "doi:10.1007/abc"),
        ("url = {https://github.com/me/mine/},", "Me 2024, github.com/me/mine"),
        ("url = {\\url{http://www.github.com/me/mine}},", "see https://github.com/me/mine/."),
        ("year = 2020, url= { https://me.org },", "me.org"),
    ],
)
def test_spellings_of_the_same_paper(quoting: Callable[[str], Path], field: str, reference: str) -> None:
    quoting(ENTRY.format(field=field))
    assert entries_of(reference) == (ENTRY.format(field=field),)


@pytest.mark.parametrize(
    ("field", "reference"),
    [
        ("eprint = {1708.0200},", "arXiv:1708.02002"),
        ("eprint = {708.02002},", "arXiv:1708.02002"),
        ("eprint = {02002},", "arXiv:1708.02002"),
        ("doi = {10.1/ab},", "doi:10.1/ab-2"),
        ("doi = {10.1/ab},", "doi:10.1/ab.2"),
        ("url = {https://arxiv.org/},", "https://arxiv.org/abs/1708.02002"),
        ("url = {https://github.com/me},", "github.com/me/mine"),
        ("eprint = {},", "arXiv:1708.02002"),
        ("url = {https://},", "https://me.org"),
        ("eprint = 1708.02002", "Lin 2017"),
        ("title = {1708.02002},", "arXiv:1708.02002"),
        ("my-url = {me.org},", "me.org"),
        ("eprint = {a+(},", "arXiv:aaa"),
        ("eprint = {1708.02002},", ""),
    ],
)
def test_other_papers(quoting: Callable[[str], Path], field: str, reference: str) -> None:
    quoting(ENTRY.format(field=field))
    assert entries_of(reference) == ()


def test_a_byte_order_mark_is_no_part_of_the_first_entry(quoting: Callable[[str], Path]) -> None:
    quoting("").write_text("@misc{a, doi={10.1/x}}", encoding="utf-8-sig")
    assert entries_of("10.1/x") == ("@misc{a, doi={10.1/x}}",)


def test_a_file_that_cannot_be_read_has_no_entries(quoting: Callable[[str], Path]) -> None:
    file = quoting("")
    file.write_bytes(b"@misc{a, doi={10.1/x}, author={Doll\xe1r}}")  # Latin-1
    assert entries_of("10.1/x") == ()
    file.unlink()
    assert entries_of("10.1/x") == ()
    file.mkdir()
    assert entries_of("10.1/x") == ()


def test_the_package_is_that_of_the_factory(site: FakeSite) -> None:
    site.write("references.bib", "@misc{beside, doi={10.1/x}}")  # beside lone modules, the file of nobody
    site.write("lone.py", "def make(): ...")
    site.write("spaced/references.bib", "@misc{spaced, doi={10.1/x}}")
    site.write("spaced/deep/losses.py", "def make(): ...")
    for factory in ("lone:make", "no_such_module_at_all:x", "__main__:x", "json:loads", partial(print), lambda: None):
        assert entries_of("10.1/x", factory) == ()
    assert entries_of("10.1/x", "spaced.deep.losses:make") == ("@misc{spaced, doi={10.1/x}}",)

    def make() -> None: ...

    make.__module__ = "spaced.deep.losses"
    assert entries_of("10.1/x", make) == ("@misc{spaced, doi={10.1/x}}",)


@pytest.mark.parametrize("entry", BUILTINS, ids=lambda entry: f"{entry.kind}:{entry.name}")
def test_every_arxiv_reference_of_a_builtin_has_its_entry(entry: Entry) -> None:
    numbers = ARXIV.findall(entry.component.reference)
    found = "\n".join(bibtex_entries(entry.component))
    assert all(f"eprint = {{{number}}}" in found for number in numbers)


def test_the_file_of_the_builtins_is_sound_bibtex() -> None:
    text = (Path(imbalearn_builtins.__file__).parent / "references.bib").read_text(encoding="ascii")
    entries = re.split(r"^(?=@)", text, flags=re.MULTILINE)[1:]
    keys = [re.match(r"@(inproceedings|article|misc|techreport)\{(\w+),\n", entry) for entry in entries]
    assert all(keys)
    for values in ([key[2] for key in keys if key], re.findall(r"eprint = \{(.*)\}", text)):
        assert len(values) == len(set(values)) >= 30
    for entry in entries:
        assert entry.count("{") == entry.count("}")
        assert re.search(r"^  author = \{.+\},$", entry, re.MULTILINE)
        assert re.search(r"^  title = \{.+\},$", entry, re.MULTILINE)
        year = re.search(r"^  year = \{((?:19|20)\d\d)\},$", entry, re.MULTILINE)
        preprint = re.search(
            r"^  eprint = \{(\d\d)\d\d\.\d{4,5}\},\n  archivePrefix = \{arXiv\},$", entry, re.MULTILINE
        )
        assert year
        assert preprint or re.search(r"^  (doi|url) = ", entry, re.MULTILINE)
        if preprint:  # a preprint appears at most three years before the paper, or in the year after it
            assert -3 <= 2000 + int(preprint[1]) - int(year[1]) <= 1
