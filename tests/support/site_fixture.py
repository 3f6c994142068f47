"""The fixture `site`: a place where fake distributions can be installed, and which leaves nothing behind."""

import sys
from collections.abc import Iterator
from functools import partial
from importlib.metadata import distributions
from pathlib import Path

import pytest
from fake_site import FakeSite


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSite]:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delenv("IMBALEARN_PLUGINS", raising=False)
    monkeypatch.delenv("IMBALEARN_PLUGIN_ERRORS", raising=False)
    # Plugins that are installed on this machine are none of a test's business.
    monkeypatch.setattr("imbalearn_torch.plugin.discovery.distributions", partial(distributions, path=[str(folder)]))
    before = set(sys.modules)
    yield FakeSite(folder)
    made = {file.stem for file in folder.glob("*.py")}
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        # A module may have put another object in its own place.
        if name in made if file is None else Path(file).is_relative_to(tmp_path):
            del sys.modules[name]
