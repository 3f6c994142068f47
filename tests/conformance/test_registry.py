"""The suite over every built-in component."""

from __future__ import annotations

from pathlib import Path

import pytest

from imbalearn_torch.conformance import Subject, checks_of, conformance_tests, general, run_check
from imbalearn_torch.conformance.suite import OptionTexts, option_texts
from imbalearn_torch.plugin.registry import BUILTIN, registry

CLASSES, EACH = ("ant", "bee", "cat"), 6


def pixels(count: int) -> list[bytes]:
    """Images of 8x8 colour pixels, as PNG."""
    import io

    import numpy as np
    from PIL import Image

    files = []
    for number in range(count):
        array = np.random.Generator(np.random.PCG64(number)).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(array).save(buffer, format="png")
        files.append(buffer.getvalue())
    return files


def image_folder(folder: Path) -> str:
    images = iter(pixels(2 * EACH * len(CLASSES)))
    for part in ("train", "test"):
        for name in CLASSES:
            (folder / part / name).mkdir(parents=True, exist_ok=True)
            for number in range(EACH):
                (folder / part / name / f"{number}.png").write_bytes(next(images))
    return f'path="{folder}"'


def list_file(folder: Path) -> str:
    image_folder(folder)
    files = [f"train/{name}/{number}.png {label}" for label, name in enumerate(CLASSES) for number in range(EACH)]
    (folder / "train.txt").write_text("\n".join(files))
    return f'path="{folder / "train.txt"}"'


def csv_file(folder: Path) -> str:
    image_folder(folder)
    rows = [f"train/{name}/{number}.png,{name}" for name in CLASSES for number in range(EACH)]
    (folder / "train.csv").write_text("\n".join(["file,label", *rows]))
    return f'path="{folder / "train.csv"}"'


def parquet_file(folder: Path) -> str:
    import pyarrow as pa
    from pyarrow import parquet

    count = EACH * len(CLASSES)
    table = pa.table(
        {
            "image": [{"bytes": image, "path": None} for image in pixels(count)],
            "label": [row % len(CLASSES) for row in range(count)],
        }
    )
    parquet.write_table(table, folder / "train.parquet")
    return f'path="{folder}"'


def npz_file(folder: Path) -> str:
    import numpy as np

    count = EACH * len(CLASSES)
    rows = np.linspace(0, 1, 4 * count, dtype=np.float32).reshape(count, 4)
    np.savez(folder / "table.npz", x=rows, y=np.arange(count) % len(CLASSES))
    return f'path="{folder / "table.npz"}",mean=[0.5,0.5,0.5,0.5]'


# What stands after `NAME:` for components that need an option, or are worth trying with several.
OPTIONS: dict[str, OptionTexts] = {
    "sampler:weighted": "weights=[1,2,3,4,5]",
    "backbone:resnet20": ["norm=batch", "norm=group,shortcut=pad", "freeze=all-but-head"],
    "backbone:torchvision": "model=resnet18",
    "backbone:timm": ["model=test_resnet", "model=test_vit"],
    "dataset:folder": image_folder,
    "dataset:csv": csv_file,
    "dataset:list": list_file,
    "dataset:npz": npz_file,
    "dataset:parquet": parquet_file,
}
OWN = [entry for entry in registry(plugins=False).entries() if entry.distribution == BUILTIN]

test_conformance = conformance_tests("imbalearn-torch", options=OPTIONS)


def test_options_are_given_wherever_they_are_needed() -> None:
    needy = {
        f"{entry.kind}:{entry.name}" for entry in OWN if any(option.required for option in entry.signature().options)
    }
    assert needy <= set(OPTIONS)


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_nothing_is_skipped_for_want_of_data_or_options(name: str, tmp_path: Path) -> None:
    (entry,) = (entry for entry in OWN if f"{entry.kind}:{entry.name}" == name)
    for text in option_texts(OPTIONS[name], tmp_path):
        assert run_check(general.BUILDS, Subject(entry, text, folder=tmp_path)).status == "passed"


def test_what_a_builtin_claims_to_be_neutral_is_checked() -> None:
    """A kind in which a built-in claims neutral options has a check of that claim."""
    kinds = {entry.kind for entry in OWN if entry.component.neutral}
    assert kinds == {kind for kind in kinds if any("neutral" in check.name for check in checks_of(kind))}
