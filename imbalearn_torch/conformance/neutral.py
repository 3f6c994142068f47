"""The claim of a component that under certain options it does nothing."""

from __future__ import annotations

from dataclasses import replace

from imbalearn_torch.conformance.check import ConformanceError, Skip
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.errors import ImbalearnError
from imbalearn_torch.plugin.grammar import parse_spec, split_outside

__all__ = ["neutral_subject"]


def neutral_subject(subject: Subject) -> Subject:
    """The subject with the options that its component claims to be neutral, in the place of its own of these names.

    Raises:
        Skip: Nothing is claimed.
        ConformanceError: The claim is no text of options that the component takes.
    """
    claim = subject.entry.component.neutral
    if not claim:
        raise Skip("it claims no neutral options")
    try:
        claimed = parse_spec(f"{subject.entry.name}:{claim}").options
        kept = [part for part in _parts(subject.options) if _key(part) not in claimed]
        neutral = replace(subject, options=",".join([*kept, claim]))
        neutral.build()
    except ImbalearnError as error:
        raise ConformanceError(
            f"expected `neutral` of the record to be options it can be built with, but {claim!r} is refused: {error}"
        ) from error
    return neutral


def _parts(options: str) -> list[str]:
    return split_outside(options, ",") if options.strip() else []


def _key(part: str) -> str:
    return part.partition("=")[0].strip().replace("-", "_")
