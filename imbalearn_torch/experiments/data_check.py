"""What is wrong with a data set: every image is read once, and compared with all others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imbalearn_torch.data.check import check_dataset
from imbalearn_torch.data.memory import processor_cores
from imbalearn_torch.data.pictures import Look, look_at
from imbalearn_torch.data.selection import some_classes
from imbalearn_torch.errors import DataError, UnreadableError
from imbalearn_torch.experiments.data_parts import DataParts, choose_parts
from imbalearn_torch.experiments.make_dataset import make_dataset
from imbalearn_torch.experiments.open_data import data_root
from imbalearn_torch.experiments.resolve import ResolvedRun

__all__ = ["KINDS", "Problem", "check_data"]

# What is looked for, in the order in which it is told; all but the notes make the check fail.
KINDS = {
    "labels": "labels and inputs",
    "unreadable": "images that cannot be read",
    "shapes": "images of another shape than the others",
    "leaks": "the same picture in two parts",
    "contradictions": "the same training picture with different labels",
    "absent": "classes without an image",
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Args:
        kind: One of `KINDS`.
        text: For people.
        images: The images it is about: `part`, `row`, `file` (None where the data are no files), `class`.
    """

    kind: str
    text: str
    images: tuple[Mapping[str, Any], ...] = ()

    def record(self) -> dict[str, Any]:
        return {"kind": self.kind, "text": self.text, "images": [dict(image) for image in self.images]}


def check_data(run: ResolvedRun, workers: int | None = None) -> dict[str, Any]:
    """What `imbalearn data check` tells.

    Args:
        run: The resolved configuration; only `data`, `imbalance` and `subset_seed` count.
        workers: Processes that decode; None: all cores but one.

    Returns:
        `data`, `imbalance`, `counts` by part (None where the labels cannot be used), `images` looked at, `repeated`
        (training pictures that occur more than once with one label), `problems`.

    Raises:
        DataError: The data are missing, or so damaged that nothing can be said of single images.
    """
    try:
        dataset, unreadable = make_dataset(run, data_root())
    except UnreadableError as error:  # not one of them can be read
        return _unopened(run, "unreadable", error.problems)
    try:
        check_dataset(dataset)
    except DataError as error:
        return _unopened(run, "labels", str(error).splitlines())
    found = choose_parts(dataset, run)
    cores = max(1, processor_cores() - 1) if workers is None else workers
    looks = {name: look_at(part.source.inputs, part.indices, cores) for name, part in found.parts.items()}
    same, repeated = _same(found, looks)
    torn = list(_unreadable(found, looks))
    # A run would be told of every file that is no image, also of one that the imbalance profile does not keep.
    seen = {problem.text for problem in torn}
    torn += [Problem("unreadable", text) for text in (unreadable.problems if unreadable else ()) if text not in seen]
    problems = [*torn, *_shapes(found, looks), *same, *_absent(found)]
    return {
        "data": found.data,
        "imbalance": found.imbalance,
        "counts": {name: found.counts(name) for name in found.parts},
        "images": sum(part.indices.numel() for part in found.parts.values()),
        "repeated": repeated,
        "warnings": list(found.warnings),
        "problems": [problem.record() for problem in problems],
    }


def _unopened(run: ResolvedRun, kind: str, sentences: Sequence[str]) -> dict[str, Any]:
    """The record of data of which no single image can be looked at."""
    return {
        "data": str(run.config.data),
        "imbalance": run.config.imbalance,
        "counts": None,
        "images": 0,
        "repeated": 0,
        "warnings": list(run.warnings),
        "problems": [Problem(kind, sentence).record() for sentence in sentences],
    }


def _image(found: DataParts, name: str, position: int) -> dict[str, Any]:
    part = found.parts[name]
    row = int(part.indices[position])
    paths = getattr(part.source.inputs, "paths", None)
    file = str(paths[row]) if isinstance(paths, (list, tuple)) else None
    # Where the test part is cut from the training part, both count the rows of the same data.
    return {"part": name, "row": row, "file": file, "class": found.classes[int(part.source.targets[row])]}


def _name(image: Mapping[str, Any]) -> str:
    return image["file"] or f"{image['part']} row {image['row']}"


def _unreadable(found: DataParts, looks: Mapping[str, Look]) -> Iterator[Problem]:
    for name, look in looks.items():
        for position, problem in look.problems.items():
            yield Problem("unreadable", problem, (_image(found, name, position),))


def _shapes(found: DataParts, looks: Mapping[str, Look]) -> Iterator[Problem]:
    everywhere = Counter(shape for look in looks.values() for shape in look.shapes if shape is not None)
    usual = max(everywhere, key=everywhere.__getitem__, default=None)
    for name, look in looks.items():
        for position, shape in enumerate(look.shapes):
            if shape not in {None, usual}:
                image = _image(found, name, position)
                yield Problem(
                    "shapes", f"{_name(image)} is {list(shape or ())}, most are {list(usual or ())}", (image,)
                )


def _same(found: DataParts, looks: Mapping[str, Look]) -> tuple[list[Problem], int]:
    """Pictures that occur more than once: leaks, contradictions, and how many are only repeated."""
    places: dict[bytes, list[tuple[str, int]]] = defaultdict(list)
    for name, look in looks.items():
        for position, digest in enumerate(look.digests):
            if digest is not None:
                places[digest].append((name, position))
    leaks, contradictions, repeated = [], [], 0
    for each in places.values():
        if len(each) < 2:
            continue
        images = tuple(_image(found, name, position) for name, position in each)
        trained = [image for image in images if image["part"] == "train"]
        if len({image["part"] for image in images}) > 1:
            leaks.append(Problem("leaks", " = ".join(map(_labelled, images)), images))
        if len({image["class"] for image in trained}) > 1:
            text = " = ".join(map(_labelled, trained))
            contradictions.append(Problem("contradictions", text, tuple(trained)))
        elif len(trained) > 1:
            repeated += len(trained) - 1
    return [*leaks, *contradictions], repeated


def _labelled(image: Mapping[str, Any]) -> str:
    return f"{_name(image)} ({image['class']})"


def _absent(found: DataParts) -> Iterator[Problem]:
    for name, part in found.parts.items():
        absent = part.counts(len(found.classes)) == 0
        if bool(absent.any()):
            yield Problem("absent", f"{some_classes(absent, found.classes)} have no {name} image")
