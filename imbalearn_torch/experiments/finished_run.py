"""A finished run, opened again: what it stored, and what its network says when it is asked once more."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from imbalearn_torch.errors import CheckpointError, ImbalearnError, RunFolderError
from imbalearn_torch.experiments.config import RunConfig, config_from_toml
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.links import refuse_links
from imbalearn_torch.experiments.resolve import resolve_run
from imbalearn_torch.experiments.run import read_result
from imbalearn_torch.experiments.stored_result import as_written, stored_arrays
from imbalearn_torch.plugin.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor, nn

    from imbalearn_torch.experiments.session import Session
    from imbalearn_torch.training.network import Network
    from imbalearn_torch.types import Outputs

__all__ = ["FinishedRun"]

_TOLERANCE = 0.01  # by how much of the largest logit other hardware may change them


class FinishedRun:
    """What a finished run left, read when it is asked for.

    Args:
        folder: The run folder.
        known: Where its components are looked up.
        config: As given to `run`, for a run with objects of your own, which no file can name.

    Raises:
        RunFolderError: It is no finished run, or a symbolic link leads out of it.
        CheckpointError: Its manifest.json cannot be read, or its result.json is not what it wrote.
    """

    def __init__(self, folder: str | Path, known: Registry, config: RunConfig | None = None) -> None:
        self.place = RunFolder(Path(folder))
        if not self.place.holds_run:
            what = "holds no run: there is no config.toml in it" if self.place.path.is_dir() else "is no folder"
            raise RunFolderError(f"{folder} {what}")
        if not self.place.finished:
            raise RunFolderError(f"the run in {folder} is not finished; go on with `imbalearn resume {folder}`")
        refuse_links(self.place.path)
        self.result = read_result(self.intact("result.json").parent)
        self._known, self._config = known, config
        self._opened: Session | ImbalearnError | None = None
        self._asked: dict[frozenset[str], tuple[Outputs, Outputs, Outputs | None, nn.Linear | None]] = {}

    @cached_property
    def digests(self) -> dict[str, str]:
        """sha256 of the files as the run left them."""
        file = self.place.path / "manifest.json"
        try:
            return dict(json.loads(file.read_text(encoding="utf-8"))["sha256"])
        except (OSError, ValueError, RecursionError) as error:
            raise CheckpointError(f"{file} cannot be read: {error}") from error
        except (KeyError, TypeError):
            raise CheckpointError(f"{file} cannot be read: it has no `sha256`, a digest for each file") from None

    @property
    def seed(self) -> int:
        return int(self.result["config"]["seed"])

    @cached_property
    def train_counts(self) -> Tensor:
        """Images of each class that it trained on, int64 `[K]`."""
        import torch

        return torch.tensor(self.result["data"]["train_counts"], dtype=torch.int64)

    @cached_property
    def group_counts(self) -> Tensor:
        """Those that decide which classes are frequent: without what a sampler made, int64 `[K]`."""
        import torch

        counts = self.result["data"].get("original_train_counts")
        return self.train_counts if counts is None else torch.tensor(counts, dtype=torch.int64)

    @cached_property
    def class_prior(self) -> Tensor:
        """What the predictor still carries, float64 `[K]`; where the run did not record it, that of its last epoch."""
        import torch

        carried = self.result["data"].get("carried_prior")
        if carried is not None:
            return torch.tensor(carried, dtype=torch.float64)
        from imbalearn_torch.experiments.finish import left_prior

        return left_prior(self._session, max(0, self._session.config.epochs - 1))

    @cached_property
    def stored(self) -> tuple[Outputs, Outputs]:
        """Validation and test outputs before any adjuster, without features."""
        import torch

        from imbalearn_torch.types import Outputs

        intact = self.intact("predictions.npz")
        with as_written(intact):
            arrays = {name: torch.from_numpy(array) for name, array in stored_arrays(intact).items()}
            parts = [Outputs(arrays[f"{part}_logits"], None, arrays[f"{part}_targets"]) for part in ("val", "test")]
            for part in parts:
                _check_outputs(part, self.train_counts.numel())
        return parts[0], parts[1]

    def outputs(self, needs: frozenset[str]) -> tuple[Outputs, Outputs, Outputs | None, nn.Linear | None]:
        """Validation, test and training outputs and the head, with what adjusters need: one pass over the data.

        Where nothing is needed, no data are opened and no network is built.

        Raises:
            ImbalearnError: The data are gone, the backbone has no features, the network is no longer the one that was
                trained, ...
        """
        if not needs:
            return *self.stored, None, None
        if needs not in self._asked:
            self._asked[needs] = self._recomputed(needs)
        return self._asked[needs]

    def check(self, needs: frozenset[str]) -> None:
        """See that the run can give what adjusters need, before anything is computed.

        Raises:
            ImbalearnError: The data are gone, a plugin is missing, or the backbone has no features.
        """
        if needs:
            from imbalearn_torch.experiments.backbone import check_backbone

            components = self._session.components
            check_backbone(components.backbone, components.loss, None, needs)

    @property
    def _session(self) -> Session:
        """The run in memory; what prevents it is found once."""
        if self._opened is None:
            try:
                self._opened = self._open()
            except ImbalearnError as error:
                self._opened = error
        if isinstance(self._opened, ImbalearnError):
            raise self._opened
        return self._opened

    def _open(self) -> Session:
        from imbalearn_torch.experiments.session import open_session

        config = self._config or RunConfig(**config_from_toml(self.place.path / "config.toml"))
        # Outputs are computed in full precision anyway, and perhaps on another machine.
        precision = config.precision if config.precision == "fp64" else "fp32"
        config = config.model_copy(update={"adjust": (), "device": "auto", "precision": precision})
        return open_session(resolve_run(config, self._known), self._known)

    @cached_property
    def _network(self) -> Network:
        from safetensors.torch import load_file

        network, epochs = self._session.network(), self._session.config.epochs
        set_epoch = getattr(network.backbone, "set_epoch", None)
        if set_epoch is not None:
            set_epoch(max(0, epochs - 1))
        try:
            network.backbone.load_state_dict(load_file(self.intact("model.safetensors")))
        except ImbalearnError:
            raise
        except Exception as error:
            name = self.place.path / "model.safetensors"
            raise CheckpointError(
                f"{name} does not fit the backbone {self._session.config.backbone!r}: {error}"
            ) from error
        return network

    def _recomputed(self, needs: frozenset[str]) -> tuple[Outputs, Outputs, Outputs | None, nn.Linear | None]:
        from imbalearn_torch.experiments.finish import final_outputs, linear_head

        session = self._session
        session.components = replace(session.components, needs=needs)
        *held, train = final_outputs(session, self._network)
        factor = self._factor([part.logits for part in held])
        head = linear_head(session, self._network) if "head" in needs else None
        if head is not None:
            head.weight.data.mul_(factor)
        # What was stored is adjusted, so that before and after differ by the adjuster alone.
        val, test = (old._replace(features=new.features) for old, new in zip(self.stored, held, strict=True))
        return val, test, None if train is None else train._replace(logits=factor * train.logits), head

    def _factor(self, logits: list[Tensor]) -> float:
        """What recomputed logits are to be multiplied by: 1, but for a cosine loss that has learned its scale.

        Raises:
            CheckpointError: They are not those that were stored.
        """
        import torch

        from imbalearn_torch.experiments.backbone import is_cosine

        old, new = torch.cat([part.logits for part in self.stored]), torch.cat(logits)
        factor = 1.0
        if old.shape == new.shape and is_cosine(self._session.components.loss):
            factor = float((old * new).sum() / new.square().sum().clamp_min(1e-12))
        difference = (old - factor * new).abs().max() if old.shape == new.shape else torch.tensor(torch.inf)
        if float(difference) > _TOLERANCE * max(1.0, float(old.abs().max())):
            raise CheckpointError(
                f"the network of {self.place.path} no longer gives the logits that were stored (they differ by up to "
                f"{float(difference):.3g}): data, code or versions have changed"
            )
        return factor

    def intact(self, name: str) -> Path:
        """The path of a file that is as the run left it.

        Raises:
            CheckpointError: It is gone, or has changed.
        """
        file = self.place.path / name
        try:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()  # not by training.checkpoint, which imports torch
        except OSError as error:
            raise CheckpointError(f"{file} cannot be read: {error.strerror or error}") from error
        if digest != self.digests.get(name):
            raise CheckpointError(f"{file} is not what the run wrote; its digest in manifest.json is another one")
        return file


def _check_outputs(part: Outputs, classes: int) -> None:
    logits, targets = part.logits, part.targets
    if targets.dim() != 1 or logits.shape != (targets.numel(), classes) or not logits.is_floating_point():
        shapes = f"logits {list(logits.shape)} {logits.dtype}, targets {list(targets.shape)}"
        raise ValueError(f"{shapes}, {classes} classes")
    if targets.is_floating_point() or (targets.numel() and not 0 <= int(targets.min()) <= int(targets.max()) < classes):
        raise ValueError(f"targets that are no labels of {classes} classes")
