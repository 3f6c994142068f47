"""The same record gives the same pages in every process: nothing depends on the order of sets or on hashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SUPPORT = Path(__file__).parents[1] / "support"
CODE = """
import hashlib
from made_records import ODD, made_record
from imbalearn_torch.reporting import render_page, render_runs, run_figures
odd = made_record(ODD, adjusted=True, warnings=["one", "two"])
methods = {"ce": [odd], "focal": [made_record(ODD, seed=1)]}
pages = [render_page(odd, run_figures(odd)), render_runs(methods, name="two")]
print(*(hashlib.sha256(page.encode()).hexdigest() for page in pages))
"""


def test_pages_are_the_same_under_another_hash_seed() -> None:
    paths = os.pathsep.join([str(SUPPORT), *filter(None, [os.environ.get("PYTHONPATH")])])
    printed = [
        subprocess.run(
            [sys.executable, "-c", CODE],
            env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(printed[0].split()) == 2
    assert printed[0] == printed[1]
