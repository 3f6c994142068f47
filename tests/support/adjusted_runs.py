"""Calls of `imbalearn adjust`, for tests."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from imbalearn_torch.cli import app

__all__ = [
    "BUILT_IN",
    "CHAIN",
    "PLAIN",
    "compared",
    "flags",
    "imbalearn",
    "read_json",
    "replace_predictions",
    "replace_result",
]

CHAIN = ("crt:steps=40", "temperature")  # of the run `finished`
BUILT_IN = ["crt", "lws", "tau-norm", "ncm", "logit-adjustment", "temperature", "prior-shift", "thresholds"]
PLAIN = ["logit-adjustment", "temperature", "prior-shift", "thresholds"]  # need nothing beside logits


def imbalearn(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def compared(*arguments: str | Path) -> dict[str, Any]:
    done = imbalearn("adjust", *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout, parse_constant=pytest.fail)


def flags(*adjusters: str) -> list[str]:
    return [word for each in adjusters for word in ("--adjust", each)]


def read_json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def replace_predictions(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez(folder / "predictions.npz", **arrays)
    _sign(folder, "predictions.npz")


def replace_result(folder: Path, result: dict[str, Any]) -> None:
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
    _sign(folder, "result.json")


def _sign(folder: Path, name: str) -> None:
    manifest = read_json(folder / "manifest.json")
    manifest["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
