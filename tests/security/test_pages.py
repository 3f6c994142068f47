"""Names of classes, runs and options are text wherever they are shown: no element, no handler, no script is theirs."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from made_records import made_record
from page_outline import Outline
from tiny_runs import TINY_WORDS

from imbalearn_torch.reporting import render_page, render_runs, run_figures

EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "</style><iframe src=javascript:alert(1)>",
    "</svg><svg onload=alert(1)>",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;",
    "{{ 7 * 7 }}{% include 'report.js' %}",
    "\u202eright to left\u2066 and \u2069back",
    "javascript:alert(1)",
    "a\x00b\x1b[31mred",
]


def check(page: str, scripts: int = 1) -> None:
    """Elements, attributes and addresses are ours."""
    outline = Outline(page)
    tags = [tag for tag, _ in outline.tags]
    assert tags.count("script") == page.count("<script") == scripts
    assert not {"iframe", "object", "embed", "base", "link", "form"} & set(tags)
    for tag, attributes in outline.tags:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        for name in ("href", "src", "xlink:href", "action"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:image/png;base64,")), (tag, value)
    sources = [attributes.get("src") or "" for tag, attributes in outline.tags if tag == "img"]
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert not re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]", page)
    assert "{{ 7 * 7 }}" in page  # not evaluated


def test_page_of_a_run() -> None:
    record = made_record([*EVIL, "plain"], name=" ".join(EVIL), warnings=EVIL, adjusted=True)
    record.result["command"] = " ".join(EVIL)
    record.result["config"] |= {**{name: name for name in EVIL}, "adjust": EVIL}
    record.result["environment"] |= {name: {name: name} for name in EVIL}
    check(render_page(record, run_figures(record)))


def test_page_of_a_comparison() -> None:
    methods = {name: [made_record(EVIL, name=name, warnings=[name])] for name in EVIL[:3]}
    check(render_runs(methods, name=" ".join(EVIL), command=" ".join(EVIL)))


def test_a_whole_run_its_figures_and_what_the_terminal_shows(tmp_path: Path, imbalearn) -> None:
    """From the names in a data file to every file of the run folder that a browser would open."""
    draw, classes = np.random.default_rng(0), [each.replace("\x00", "") for each in EVIL]
    labels = np.repeat(np.arange(len(classes)), 20)
    images = draw.integers(0, 256, (len(labels), 8, 8), dtype=np.uint8)
    file = tmp_path / "data.npz"
    np.savez(file, x=images, y=labels, x_test=images[::2], y_test=labels[::2], classes=np.array(classes))
    words = [*TINY_WORDS, "--data", str(file), "--imbalance", "none", "--epochs", "1"]
    done = imbalearn("run", *words, "--out", tmp_path / "<img src=x onerror=alert(1)>")
    assert done.exit_code == 0, done.output
    assert "\x1b[31m" not in done.output
    folder = tmp_path / "<img src=x onerror=alert(1)>"
    check((folder / "report.html").read_text(encoding="utf-8"))
    for figure in folder.glob("*.svg"):
        root = ElementTree.fromstring(figure.read_bytes())
        for element in root.iter():
            assert element.tag.rpartition("}")[2] not in {"script", "foreignObject", "iframe", "a"}
            addresses = [value for key, value in element.attrib.items() if key.endswith("href")]
            assert all(each.startswith(("#", "data:image/png;base64,")) for each in addresses)
            assert not [name for name in element.attrib if name.startswith("on")]
    shown = imbalearn("data", "show", file)
    assert shown.exit_code == 0, shown.output
    assert "\x1b[31m" not in shown.output
