"""Everything of one run that lives in memory: made from the configuration, trained, and asked for its predictions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from imbalearn_torch.data.batches import Loader
from imbalearn_torch.data.loader import MemoryLoader
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.data.stats import DoubleCorrection, double_correction
from imbalearn_torch.data.stream import StreamLoader
from imbalearn_torch.data.subset import subset_digest
from imbalearn_torch.errors import CheckpointError, ConfigError, OptionError
from imbalearn_torch.experiments.assemble import Components, assemble
from imbalearn_torch.experiments.backbone import head_parameters, is_cosine, own_normalisation
from imbalearn_torch.experiments.collect import collected_warnings
from imbalearn_torch.experiments.config import RunConfig
from imbalearn_torch.experiments.open_data import OpenData, data_root, open_data
from imbalearn_torch.experiments.resolve import ResolvedRun
from imbalearn_torch.experiments.trial import trial_batch, trusted_precision
from imbalearn_torch.plugin.registry import Registry
from imbalearn_torch.priors import normalised_prior
from imbalearn_torch.training.averaging import average_weights
from imbalearn_torch.training.engine import Engine, Parts
from imbalearn_torch.training.network import Network, compiled
from imbalearn_torch.training.precision import Precision, default_threads, resolve_device, resolve_precision
from imbalearn_torch.training.runtime import ALONE, Runtime
from imbalearn_torch.training.step import LossStep, removed_share, wants_features

__all__ = ["Session", "open_session", "prior_effects"]

# What a run may be gone on with in another way: it changes no figure.
_NO_IDENTITY = {"workers", "recipe", "on_bad_image", "checkpoint_every", "checkpoint_minutes", "checkpoint_keep"}
_BATCH, _STEPS = 96, 8  # the default batch, and the fewest steps an epoch of small data should have


@dataclass(kw_only=True)
class Session:
    """A run in memory.

    Args:
        config: With threads, device, precision, batch size, imbalance and augmentation filled in.
        run: As resolved before.
        data: The data.
        components: Sampler, mix, loss, weights, adjusters.
        precision: How to compute.
        steps: Of one epoch.
        warnings: Sentences for the user.
        double_corrections: Those among them that say what corrects the imbalance more than once, as result.json has it.
        runtime: The processes of the run.
    """

    config: RunConfig
    run: ResolvedRun
    data: OpenData
    components: Components
    precision: Precision
    steps: int
    warnings: list[str]
    double_corrections: list[dict[str, Any]] = field(default_factory=list)
    runtime: Runtime = ALONE

    def warn(self, *noted: str | DoubleCorrection | None) -> None:
        """Add sentences for the user, each once; None is nothing to say."""
        for each in noted:
            if each is None or str(each) in self.warnings:
                continue
            self.warnings.append(str(each))
            if isinstance(each, DoubleCorrection):
                self.double_corrections.append(each.record())

    def loader(self, inputs: torch.Tensor | Rows, targets: torch.Tensor) -> Loader:
        """Batches of one part, normalised as the training part is, or as the backbone's `input_mean` asks."""
        colour, _ = self.data.statistics()
        mean, std = own_normalisation(self.components.backbone, self.data.statistics())
        how = {
            "mean": mean,
            "std": std,
            "augment": self.data.augmentation(colour, self.config.epochs),
            "device": self.precision.device,
            "dtype": self.precision.master,
            "channels_last": self.config.channels_last,
        }
        if isinstance(inputs, torch.Tensor) or self.data.workers is None:
            return MemoryLoader(inputs, targets, **how)
        return StreamLoader(inputs, targets, workers=self.data.workers or 0, **how)

    @property
    def flip(self) -> bool:
        """Whether predictions average over the mirror image."""
        wanted = self.config.tta == "flip" or (self.config.tta == "auto" and "flip" in self.data.augment.split("+"))
        return wanted and len(self.data.input_shape) == 3

    def network(self) -> Network:
        """The network with its initial weights, on its device."""
        loss, backbone = self.components.loss, self.components.backbone
        network = Network(
            backbone, features=wants_features(loss), cosine=is_cosine(loss), classes=len(self.data.classes)
        )
        network = network.to(self.precision.device, self.precision.master)
        is_image = len(self.data.input_shape) == 3
        if self.config.channels_last and is_image:
            network = network.to(memory_format=torch.channels_last)
        if self.config.sync_batchnorm and not self.runtime.is_alone:
            network.backbone = nn.SyncBatchNorm.convert_sync_batchnorm(network.backbone)
        return compiled(network, self.config.compile)

    def engine(self, network: Network) -> Engine:
        """Everything that a step needs."""
        config, loss = self.config, self.components.loss
        loss = (loss.double() if self.precision.master is torch.float64 else loss.float()).to(self.precision.device)
        trained = [each for each in (*network.parameters(), *loss.parameters()) if each.requires_grad]
        loader = self.loader(self.data.inputs, self.data.targets)
        steps = max(1, self.steps * config.epochs)
        optimizers = self.run.optimizer.build(parameters=trained, head=head_parameters(network.backbone))
        schedulers = [self.run.schedule.build(optimizer=optimizer, steps=steps) for optimizer in optimizers]
        averaged: AveragedModel | None = average_weights(network, round(config.ema * steps)) if config.ema else None
        parts = Parts(
            network=network,
            loss=LossStep(loss, f"loss {config.loss!r}"),
            loader=loader,
            mix=self.components.mix,
            optimizers=optimizers,
            schedulers=schedulers,
            averaged=averaged,
            precision=self.precision,
            clip=config.clip,
            seed=config.seed,
            runtime=self.runtime,
        )
        return Engine(parts)

    def machine(self) -> dict[str, Any]:
        """What was resolved on this machine, and is used again when the run is resumed or repeated."""
        return {name: getattr(self.config, name) for name in ("threads", "device", "precision", "loader")}

    def identity(self) -> dict[str, Any]:
        """What a checkpoint must agree with to be gone on from."""
        return {
            "config": {name: value for name, value in self.config.saved().items() if name not in _NO_IDENTITY},
            "classes": list(self.data.classes),
            "train_counts": self.components.stats.counts.tolist(),
            "train_images": subset_digest(self.data.selection.train.indices),
            "train_targets": subset_digest(self.data.targets),
            "skipped_images": self.data.skipped.identity,
        }

    def check_identity(self, saved: dict[str, Any]) -> None:
        """Compare with what a checkpoint says.

        Raises:
            CheckpointError: It belongs to another run; the differences are listed.
        """
        try:
            json.dumps(saved)
        except (TypeError, ValueError, RecursionError) as error:  # a tensor is not equal or unequal, but a tensor
            raise CheckpointError(f"the checkpoint does not say to which run it belongs: {error}") from error
        here = self.identity()
        pairs = [(name, saved.get(name), here[name]) for name in here if name != "config"]
        found = saved.get("config")
        config = found if isinstance(found, dict) else {}
        names = sorted({*config, *here["config"]} - _NO_IDENTITY, key=str)
        pairs += [(name, config.get(name), here["config"].get(name)) for name in names]
        differences = [f"{name}: {there!r} there, {now!r} here" for name, there, now in pairs if there != now]
        if differences:
            raise CheckpointError(f"the checkpoint belongs to another run: {'; '.join(differences)}")

    def describe(self) -> dict[str, Any]:
        """What `--dry-run` says: configuration, counts, drawn distribution, prior and warnings."""
        stats, selection, classes = self.components.stats, self.data.selection, self.data.classes
        validation = selection.val.counts(len(classes)) if selection.val is not None else torch.zeros_like(stats.counts)
        return {
            "config": self.config.saved(),
            "data": {
                "classes": list(classes),
                "train_counts": stats.counts.tolist(),
                "val_counts": validation.tolist(),
                "test_counts": selection.test.counts(len(classes)).tolist(),
                "skipped_counts": self.data.skipped.counts.tolist(),
                "drawn_distribution": stats.drawn(0).tolist(),
                "class_prior": stats.prior(0).tolist(),
            },
            "steps": self.steps * self.config.epochs,
            "warnings": self.warnings,
            "double_corrections": self.double_corrections,
        }

    @property
    def scale(self) -> float:
        """The factor on the network's outputs that makes them logits; it may be learned."""
        loss = self.components.loss
        return float(torch.as_tensor(getattr(loss, "scale", 1.0)).detach()) if is_cosine(loss) else 1.0


def prior_effects(session: Session, epoch: int) -> dict[str, torch.Tensor]:
    """By part of the run, the log of what it multiplies each class's prior by in that epoch, float64 `[K]`."""
    config, components = session.config, session.components
    stats = components.stats
    sampled, drawn = normalised_prior(stats.sampled(epoch)), normalised_prior(stats.drawn(epoch))
    effects = {f"sampler {config.sampler!r}": (sampled / normalised_prior(stats.counts)).log()}
    if len(components.columns) > 1:
        effects[f"mix {config.mix!r}"] = (drawn / sampled).log()
    if components.weights is not None:
        effects[f"class weights {config.weights!r}"] = normalised_prior(components.weights(epoch).double()).log()
    effects[f"loss {config.loss!r}"] = -removed_share(components.loss) * stats.prior(epoch).log()
    return effects


def open_session(run: ResolvedRun, registry: Registry, runtime: Runtime = ALONE) -> Session:
    """Open the data, build every component and resolve what depends on the machine.

    Args:
        run: The resolved configuration.
        registry: Where components are looked up.
        runtime: The processes of the run.

    Raises:
        ConfigError: What does not fit together.
        DataError: The data are missing, unreadable or inconsistent.
    """
    config = run.config
    threads = config.threads or default_threads(runtime.local_size)
    torch.set_num_threads(threads)
    device = runtime.device(resolve_device(config.device))
    if config.sync_batchnorm and device.type == "cpu":
        raise OptionError("option 'sync_batchnorm' expects processes that have an accelerator each, got device 'cpu'")
    precision = Precision(resolve_precision(config.precision, device), device)
    warnings = list(run.warnings)
    with collected_warnings(warnings):
        with runtime.one_by_one():
            data = open_data(run, data_root())
        components = assemble(run, data, registry)
        precision = trusted_precision(
            precision, config.precision, components.backbone, trial_batch(data, config.epochs)
        )
    length = components.columns[0].epoch_size
    # At least 2, since batch norm cannot train on one image.
    batch_size = config.batch_size or min(_BATCH, max(length // _STEPS, 2), length)
    if batch_size < runtime.world_size:
        raise ConfigError(
            [
                f"option 'batch_size' is that of all processes together and expects at least one image for each of the "
                f"{runtime.world_size}, got {batch_size}"
            ]
        )
    if batch_size > length:
        raise ConfigError([f"option 'batch_size' expects at most the {length} images of an epoch, got {batch_size}"])
    resolved = config.model_copy(
        update={
            "threads": threads,
            # Each process has one of its own; a resumed run asks for the same kind.
            "device": str(device) if runtime.is_alone else device.type,
            "precision": precision.name,
            "loader": "memory" if data.workers is None else "stream",
            "batch_size": batch_size,
            "imbalance": data.imbalance,
            "augment": data.augment,
        }
    )
    session = Session(
        config=resolved,
        run=run,
        data=data,
        components=components,
        precision=precision,
        steps=length // batch_size,
        warnings=[*warnings, *data.warnings],
        runtime=runtime,
    )
    session.warn(double_correction(components.stats.counts, prior_effects(session, max(0, config.epochs - 1))))
    if config.select == "test":
        session.warn("--select test chooses the weights on the test set: the result is marked as selected on test data")
    return session
