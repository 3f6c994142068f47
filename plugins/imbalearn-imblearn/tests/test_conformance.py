"""The public suite for plugin authors."""

from __future__ import annotations

import pytest

from imbalearn_torch.conformance import conformance_tests

# A UserWarning becomes a warning of the run; on the suite's handful of samples most methods have something to say.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

test_conformance = conformance_tests(
    "imbalearn-imblearn", options={"sampler:instance-hardness-threshold": ["trees=5,cv=2"]}
)
