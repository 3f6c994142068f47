from __future__ import annotations

import pytest

from imbalearn_torch import build


@pytest.fixture
def spell():
    """The option string of a table: `spell("data.csv", target="kind")`, names in quotes."""

    def spell_out(path, **options):
        return "table:" + ",".join(f'{name}="{value}"' for name, value in {"path": path, **options}.items())

    return spell_out


@pytest.fixture
def load(tmp_path, spell):
    """Write a CSV file, further ones as `test` and `validation`, and load them: `load("a,y\\n1,p\\n", fill=2)`."""

    def write_and_load(text, options="", name="data.csv", **parts):
        places = {"path": tmp_path / name, **{part: tmp_path / f"{part}.csv" for part in parts}}
        for place, content in zip(places.values(), (text, *parts.values()), strict=True):
            place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return build("dataset", spell(places.pop("path"), **places) + (f",{options}" if options else ""))

    return write_and_load
