"""What each kind of package begins with."""

import pytest

from imbalearn_torch.experiments.resolve import KIND_OF_FIELD
from imbalearn_torch.plugin.spec import KINDS
from imbalearn_torch.scaffold.kinds import STARTERS


def test_every_kind_has_a_starter_under_the_option_of_run() -> None:
    assert tuple(STARTERS) == KINDS
    assert {starter.flag: kind for kind, starter in STARTERS.items()} == {
        f"--{field}": kind for field, kind in KIND_OF_FIELD.items()
    }


@pytest.mark.parametrize(
    ("kind", "name", "factory"),
    [
        ("loss", "my-loss", "MyLoss"),
        ("loss", "gloss", "Gloss"),
        ("loss", "tensor", "TensorLoss"),  # else it would hide the Tensor that its module imports
        ("mix", "batch", "BatchMix"),
        ("backbone", "my-net2", "MyNet2Net"),
        ("weights", "v-2-weights", "V2Weights"),
        ("dataset", "my-data", "load_my_data"),
    ],
)
def test_names_of_factories(kind: str, name: str, factory: str) -> None:
    assert STARTERS[kind].factory(name) == factory
