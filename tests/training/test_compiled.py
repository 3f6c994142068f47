"""torch.compile behind an option: the same training, the same file of weights."""

from __future__ import annotations

from pathlib import Path

import pytest
from safetensors.torch import load_file

import imbalearn_torch as ibt
from imbalearn_torch.errors import OptionError


def weights(folder: Path, backend: str):
    config = ibt.RunConfig(
        compile=backend, backbone="small-cnn", epochs=1, batch_size=100, threads=1, precision="fp32", freeze_early=0
    )
    return load_file(ibt.run(config, out=folder).folder / "model.safetensors")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.timeout(300)
def test_traced_training_gives_the_same_bits(tmp_path: Path) -> None:
    # The back end "eager" runs torch's own operations, as traced: no compiler is needed.
    plain, traced = weights(tmp_path / "plain", "none"), weights(tmp_path / "traced", "eager")
    assert plain.keys() == traced.keys()
    assert all((plain[name] == traced[name]).all() for name in plain)


def test_a_back_end_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"option 'compile' expects none or a back end .*inductor.*, got 'indctor'"):
        ibt.run(ibt.RunConfig(compile="indctor"), out=tmp_path / "run")
