"""Have a data set made by its factory, also one of which some images cannot be read."""

from __future__ import annotations

from pathlib import Path

from imbalearn_torch.errors import UnreadableError
from imbalearn_torch.experiments.building import built
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.streams import seed_default_generators
from imbalearn_torch.types import Dataset

__all__ = ["make_dataset"]


def make_dataset(run: ResolvedRun, root: Path) -> tuple[Dataset, UnreadableError | None]:
    """What the data set's factory returns; nothing of it has been checked.

    Args:
        run: The resolved configuration; only `data` and `subset_seed` count.
        root: Folder for downloads.

    Returns:
        The data set, and what it says of files that are no images; they are still in its parts.

    Raises:
        DataError: The data are missing, or not one image can be read.
    """
    seed_default_generators(run.config.subset_seed or 0, "subset")
    try:
        return built(run.components["data"], root=root, seed=run.config.subset_seed), None
    except UnreadableError as error:
        if not isinstance(error.rest, Dataset):
            raise
        return error.rest, error
