"""The records, and that listing them is free."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import imbalearn_torch as ibt
from imbalearn_imblearn import hooks

COMPONENTS = list(hooks.imbalearn_samplers())


def test_entry_point_names_the_hooks() -> None:
    (point,) = entry_points(group="imbalearn_torch", name="imbalearn-imblearn")
    assert point.value == "imbalearn_imblearn.hooks"
    assert point.load() is hooks


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
def test_records_are_complete_and_say_what_their_class_says(component: ibt.Component) -> None:
    assert component.summary
    assert component.reference
    assert pickle.loads(pickle.dumps(component)) == component
    made = ibt.build("sampler", f"imbalearn-imblearn/{component.name}")
    assert made.name == component.name
    named = " ".join((type(made).__doc__ or "").split())
    marker = component.reference.rpartition(" ")[2]
    assert component.reference.split()[0] in named
    assert marker in named or not marker.startswith(("arXiv", "doi"))


def test_there_is_one_module_for_every_method() -> None:
    modules = {Path(hooks.__file__).with_name(f"{each.name.replace('-', '_')}.py") for each in COMPONENTS}
    assert all(module.exists() for module in modules)


def test_hooks_import_nothing_heavy() -> None:
    code = (
        "import sys, imbalearn_imblearn.hooks as hooks\n"
        "assert list(hooks.imbalearn_samplers())\n"
        "print({'torch', 'numpy', 'sklearn', 'imblearn', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
