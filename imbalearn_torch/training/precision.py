"""Device, threads and precision of a run, resolved once and stored."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

import torch

from imbalearn_torch.data.memory import processor_cores
from imbalearn_torch.errors import OptionError

__all__ = ["Precision", "default_threads", "resolve_device", "resolve_precision"]

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16, "fp64": torch.float64}


def default_threads(processes: int = 1) -> int:
    """OMP_NUM_THREADS where it is set, else the processor cores that this process may use.

    Args:
        processes: Of this machine that share the cores.
    """
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    return max(1, processor_cores() // processes)


def resolve_device(name: str) -> torch.device:
    """The device of that name; "auto" is the accelerator where there is one.

    Raises:
        OptionError: No such device here.
    """
    if name == "auto":
        return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    try:
        device = torch.device(name)
        # Read back, or "meta" would pass; some names of torch's belong to modules that are not installed.
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError, ImportError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise OptionError(
            f"option 'device' expects auto, cpu or a device of this machine, got {name!r}: {first}"
        ) from None
    return device


def resolve_precision(name: str, device: torch.device) -> str:
    """ "auto" is bf16 where the processor or GPU computes it in hardware, else fp32."""
    if name != "auto":
        return name
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    if device.type == "cpu":
        fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
        return "bf16" if fast else "fp32"
    return "fp32"


@dataclass(frozen=True)
class Precision:
    """How one run computes.

    Args:
        name: "fp32", "bf16", "fp16" or "fp64", resolved.
        device: Where.
    """

    name: str
    device: torch.device

    @property
    def master(self) -> torch.dtype:
        """The dtype of weights, images and losses: float64 under fp64, else float32."""
        return torch.float64 if self.name == "fp64" else torch.float32

    def autocast(self) -> contextlib.AbstractContextManager[object]:
        """Around the forward of the network; the loss stays outside."""
        if self.name in {"fp32", "fp64"}:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=_DTYPES[self.name])

    def scaler(self) -> torch.amp.GradScaler:
        """Loss scaling, active under fp16 alone."""
        return torch.amp.GradScaler(self.device.type, enabled=self.name == "fp16")
