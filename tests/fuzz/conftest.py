"""One small finished run, and one picture."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from tiny_runs import TINY_WORDS

from imbalearn_torch.cli import app


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of half a second."""
    folder = tmp_path_factory.mktemp("fuzz") / "run"
    done = CliRunner().invoke(app, ["run", *TINY_WORDS, "--out", str(folder), "--quiet"])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def png() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(stream, "PNG")
    return stream.getvalue()
