"""Device, threads and precision."""

from __future__ import annotations

import os

import pytest
import torch
from torch import nn

from imbalearn_torch.errors import OptionError
from imbalearn_torch.training.precision import Precision, default_threads, resolve_device, resolve_precision

CPU = torch.device("cpu")


def test_threads_are_those_asked_for_or_the_cores_of_this_process(monkeypatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    assert default_threads() == 5
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    for value in ("", "0", "many"):
        monkeypatch.setenv("OMP_NUM_THREADS", value)
        assert default_threads() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert default_threads() == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert default_threads() == 1


def test_auto_is_the_accelerator_or_the_processor(monkeypatch) -> None:
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: None)
    assert resolve_device("auto") == CPU
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: torch.device("cuda"))
    assert resolve_device("auto") == torch.device("cuda")


def test_a_named_device_is_itself() -> None:
    assert resolve_device("cpu") == CPU


@pytest.mark.parametrize("name", ["gpu", "", "cuda:99", "xla", "hpu", "maia", "privateuseone", "meta"])
def test_a_device_that_is_not_here_is_refused(name: str) -> None:
    with pytest.raises(OptionError) as caught:
        resolve_device(name)
    text = str(caught.value)
    assert text.startswith(f"option 'device' expects auto, cpu or a device of this machine, got {name!r}: ")
    assert "\n" not in text


@pytest.mark.parametrize("name", ["fp32", "bf16", "fp16", "fp64"])
def test_a_named_precision_is_itself(name: str) -> None:
    assert resolve_precision(name, CPU) == name


@pytest.mark.parametrize(
    ("avx", "amx", "expected"), [(False, False, "fp32"), (True, False, "bf16"), (False, True, "bf16")]
)
def test_auto_is_bf16_where_the_processor_has_it(monkeypatch, avx: bool, amx: bool, expected: str) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    assert resolve_precision("auto", CPU) == expected


@pytest.mark.parametrize(("native", "expected"), [(True, "bf16"), (False, "fp32")])
def test_auto_is_bf16_where_the_gpu_has_it_in_hardware(monkeypatch, native: bool, expected: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: native and not including_emulation)
    assert resolve_precision("auto", torch.device("cuda")) == expected
    assert resolve_precision("auto", torch.device("mps")) == "fp32"


@pytest.mark.parametrize(
    ("name", "computed", "master"),
    [
        ("fp32", torch.float32, torch.float32),
        ("bf16", torch.bfloat16, torch.float32),
        ("fp16", torch.float16, torch.float32),
        ("fp64", torch.float64, torch.float64),
    ],
)
def test_what_is_computed_in_what(name: str, computed: torch.dtype, master: torch.dtype) -> None:
    precision = Precision(name, CPU)
    assert precision.master == master
    layer = nn.Linear(3, 2).to(master)
    with precision.autocast():
        assert layer(torch.ones(1, 3, dtype=master)).dtype == computed
    assert layer(torch.ones(1, 3, dtype=master)).dtype == master
    assert precision.scaler().is_enabled() == (name == "fp16")
