import numpy as np
import pandas as pd
import pytest

from imbalearn_tabular.encoder import TableEncoder
from imbalearn_torch.errors import DataError


def test_a_table_that_does_not_fit_into_memory(monkeypatch):
    features = {"x": pd.Series(["u", "v"], name="x")}
    encoder = TableEncoder(features, "train.csv", categorical=(), max_categories=9, fill=0.0)
    assert encoder.categorical == {"x"}

    def refuse(*_arguments, **_options):
        raise MemoryError

    monkeypatch.setattr(np, "zeros", refuse)
    with pytest.raises(DataError, match=r"train.csv: 2 rows of 2 columns need 0.0 GiB, more than there is"):
        encoder.encode(features, "train.csv")
