"""The contract as checks that anybody can run on their own components.

For plugin authors, in a test file: `test_conformance = conformance_tests("my-plugin")`.
"""

from __future__ import annotations

from imbalearn_torch.conformance.check import Check, ConformanceError, Skip
from imbalearn_torch.conformance.compatibility import TwoLayerNet, try_combination
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.conformance.suite import Outcome, checks_of, run_check, run_suite
from imbalearn_torch.conformance.testing import conformance_tests

__all__ = [
    "Check",
    "ConformanceError",
    "Outcome",
    "Skip",
    "Subject",
    "TwoLayerNet",
    "checks_of",
    "conformance_tests",
    "run_check",
    "run_suite",
    "try_combination",
]
