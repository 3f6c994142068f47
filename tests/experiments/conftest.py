"""One small finished run, made once a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

import imbalearn_torch as ibt
from imbalearn_torch.experiments.run import RunResult

SMALL = {"backbone": "resnet20", "epochs": 2, "threads": 1, "precision": "fp32", "seed": 3}


@pytest.fixture(scope="session")
def small() -> dict[str, object]:
    """Settings of a run of a few seconds."""
    return dict(SMALL)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """`balanced` sampling with mixup and post-hoc adjustment, two epochs on digits."""
    folder: Path = tmp_path_factory.mktemp("runs") / "finished"
    return ibt.run(
        ibt.RunConfig(**SMALL, sampler="balanced", mix="mixup", adjust=("logit-adjustment:tau=0.5",)), out=folder
    )
