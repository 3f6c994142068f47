"""Images that cannot be read are found before anything is trained, all of them, and not when their turn comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbalearn_torch.errors import UnreadableError

if TYPE_CHECKING:
    from imbalearn_torch.experiments.open_data import OpenData

__all__ = ["require_readable"]


def require_readable(data: OpenData, known: UnreadableError | None = None) -> None:
    """Decode what is held in memory; of what is streamed look at the validation and the test part.

    Reading all training images of data that are streamed would take as long as an epoch: one that cannot be read is
    named when it is met, or by `imbalearn data check`.

    Args:
        data: The data of a run.
        known: What the data set says of files that are no images.

    Raises:
        UnreadableError: All that were found, in one error.
    """
    found = dict.fromkeys(known.problems if known is not None else ())
    if data.workers is None or known is None:
        found |= dict.fromkeys(problem for name in data.parts for problem in _problems(data, name))
    if not found:
        return
    images = sum(part.indices.numel() for part in data.parts.values())
    what = known.what if known is not None and len(found) == len(known.problems) else None
    raise UnreadableError(
        f"{what or f'{len(found)} of {max(images, len(found))} images cannot be used'} "
        "(--on-bad-image skip goes on without what cannot be read)",
        tuple(found),
    )


def _problems(data: OpenData, name: str) -> tuple[str, ...]:
    """Of one part; what is a tensor already has none."""
    from torch import Tensor

    from imbalearn_torch.data.pictures import look_at

    part = data.parts[name]
    if isinstance(part.source.inputs, Tensor):
        return ()
    if data.workers is not None:
        if name == "train":
            return ()
        return tuple(look_at(part.source.inputs, part.indices, data.workers).problems.values())
    try:
        data.hold(name)
    except UnreadableError as error:
        return error.problems
    return ()
