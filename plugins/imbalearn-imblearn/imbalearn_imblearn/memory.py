"""How much memory is left."""

from __future__ import annotations

from pathlib import Path

from imbalearn_torch import errors

__all__ = ["refuse_beyond_memory"]

_MEMINFO = Path("/proc/meminfo")


def refuse_beyond_memory(method: str, need: int) -> None:
    """Stop before the machine swaps; where the free memory is unknown, nothing is checked.

    Args:
        method: For the message.
        need: Bytes.

    Raises:
        DataError: The need is more than half of what is free.
    """
    free = _available()
    if free is not None and need > free / 2:
        raise errors.DataError(
            f"Expected `{method}` to need at most half of the {_shown(free)} of free memory, but these data need about"
            f" {_shown(need)}, since the method works on copies in float32; take fewer or smaller samples, or"
            " `random-over` or `random-under`, which copy nothing"
        )


def _available() -> int | None:
    """Bytes that can be allocated without swapping; None: unknown, as outside Linux."""
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")]
    return sizes[0] if sizes else None


def _shown(size: int) -> str:
    return f"{size / 2**30:.3g} GiB"
