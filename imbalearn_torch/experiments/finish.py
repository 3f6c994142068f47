"""The end of a run: predict, adjust, read the test set once, and fill the run folder."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_torch.adjustment.adjust import Adjusted, adjust
from imbalearn_torch.adjustment.corrections import corrections_after
from imbalearn_torch.data.memory import release_unused
from imbalearn_torch.data.rows import Rows
from imbalearn_torch.data.stats import carried_prior
from imbalearn_torch.experiments.backbone import is_cosine
from imbalearn_torch.experiments.folder import RunFolder
from imbalearn_torch.experiments.run_files import write_arrays, write_manifest, write_reports, write_subset
from imbalearn_torch.experiments.session import Session, prior_effects
from imbalearn_torch.metrics.scores import score
from imbalearn_torch.training.network import Network
from imbalearn_torch.training.precision import Precision
from imbalearn_torch.training.predict import predict
from imbalearn_torch.training.step import removed_share
from imbalearn_torch.types import Outputs

__all__ = ["adjusted_outputs", "final_outputs", "left_prior", "linear_head", "write_results"]


def final_outputs(
    session: Session, network: Network, between: Callable[[], None] = lambda: None
) -> tuple[Outputs, Outputs, Outputs | None]:
    """Validation, test and (where an adjuster needs it) training outputs of the final predictor, in full precision.

    Args:
        session: The run.
        network: The final weights.
        between: Called before every batch.
    """
    master = "fp64" if session.config.precision == "fp64" else "fp32"
    precision = Precision(master, session.precision.device)
    cosine = is_cosine(session.components.loss)
    if "features" in session.components.needs:
        network = Network(network.backbone, features=True, cosine=cosine)

    def outputs(inputs: Tensor | Rows, targets: Tensor) -> Outputs:
        loader = session.loader(inputs, targets)
        release_unused()  # what training has left is in pieces that do not fit here, and would come on top
        # Of length 1 for a cosine head, so that the head that adjusters see gives scale * cos from them.
        how: dict[str, Any] = {"scale": session.scale, "flip": session.flip, "unit": cosine}
        return predict(network, loader, precision=precision, between=between, **how)

    test = outputs(*session.data.test())
    held = session.data.validation()
    validation = outputs(*held) if held is not None else _empty(test)
    train = outputs(session.data.inputs, session.data.targets) if "train" in session.components.needs else None
    return validation, test, train


def _empty(like: Outputs) -> Outputs:
    return Outputs(like.logits[:0], None if like.features is None else like.features[:0], like.targets[:0])


def linear_head(session: Session, network: Network) -> nn.Linear:
    """The classifier for adjusters: from the features that `final_outputs` gives to the logits.

    A copy on the CPU, so that what an adjuster does to it never reaches the saved weights. The head of a cosine loss
    has no bias, and rows of the length of its scale.
    """
    backbone: Any = network.backbone
    head = copy.deepcopy(backbone.get_classifier()).to("cpu", torch.float32)
    if is_cosine(session.components.loss):
        head.weight = nn.Parameter(session.scale * F.normalize(head.weight.detach()))
        head.bias = None
    return head.requires_grad_(True)


def left_prior(session: Session, epoch: int) -> Tensor:
    """The class prior that the predictor of an epoch still carries, float64 `[K]`."""
    components = session.components
    drawn = components.stats.drawn(epoch)
    weights = components.weights(epoch) if components.weights is not None else torch.ones_like(drawn)
    return carried_prior(drawn, weights, components.stats.prior(epoch), removed_share(components.loss))


def adjusted_outputs(
    session: Session, network: Network, outputs: tuple[Outputs, Outputs, Outputs | None], epoch: int
) -> Adjusted:
    """The logits after every `--adjust`; a correction beyond what was left becomes a warning of the run."""
    validation, test, train = outputs
    adjusted = adjust(
        session.components.adjusters,
        validation=validation,
        test=test,
        train=train,
        head=linear_head(session, network) if "head" in session.components.needs else None,
        class_prior=left_prior(session, epoch),
        seed=session.config.seed,
    )
    twice, idle = corrections_after(session.components.stats.counts, prior_effects(session, epoch), adjusted)
    session.warn(*adjusted.warnings, twice, *idle)
    return adjusted


def write_results(
    session: Session,
    folder: RunFolder,
    predictor: nn.Module,
    *,
    kept_epoch: int,
    drawn: Tensor,
    distinct: Tensor | None,
    timing: dict[str, Any],
    environment: dict[str, Any],
    command: str,
    between: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Evaluate the final predictor and write every file of the run folder, the manifest last.

    Args:
        session: The run.
        folder: Where to.
        predictor: The final weights.
        kept_epoch: The epoch that gave the final weights, which decides the prior they carry.
        drawn: How often each class was drawn, `[K]`.
        distinct: How many different images of each class were drawn, `[K]`; None: unknown.
        timing: For result.json.
        environment: For result.json.
        command: Repeats the run.
        between: Called before each part of the work; what it raises ends it.

    Returns:
        What result.json holds.
    """
    assert isinstance(predictor, Network)
    outputs = final_outputs(session, predictor, between)
    adjusted = adjusted_outputs(session, predictor, outputs, kept_epoch)
    validation, test, _ = outputs
    counts, classes = session.components.stats.counts, session.data.classes
    # Groups are those of the data as they came: a sampler that makes new images does not make a rare class frequent.
    original = session.data.selection.counts
    metrics = {
        "test": score(adjusted.test, test.targets, train_counts=original),
        "test_unadjusted": score(test.logits, test.targets, train_counts=original),
        "val": score(adjusted.validation, validation.targets, train_counts=original)
        if len(validation.targets)
        else None,
    }
    result: dict[str, Any] = {
        "name": folder.path.name,
        "command": command,
        "config": session.config.saved(),
        "metrics": metrics,
        "adjusted": list(adjusted.chosen),
        "selected_on_test": session.config.select == "test",
        "data": {
            "classes": list(classes),
            "train_counts": counts.tolist(),
            "original_train_counts": original.tolist(),
            "val_counts": torch.bincount(validation.targets, minlength=len(classes)).tolist(),
            "test_counts": torch.bincount(test.targets, minlength=len(classes)).tolist(),
            "skipped_counts": session.data.skipped.counts.tolist(),
            "drawn_counts": drawn.tolist(),
            "distinct_counts": None if distinct is None else distinct.tolist(),
            "carried_prior": left_prior(session, kept_epoch).tolist(),
        },
        "timing": timing,
        "environment": environment,
        "warnings": session.warnings,
        "double_corrections": session.double_corrections,
    }
    final = adjusted.test if adjusted.chosen else None
    for write in (
        lambda: write_arrays(session, folder, predictor, (validation, test), final),
        lambda: write_subset(session, folder),
        lambda: folder.write_json("result.json", result),
        lambda: write_reports(folder, result),
        lambda: write_manifest(folder),
    ):
        between()
        write()
    return result
