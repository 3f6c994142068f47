"""Figures of the present predictor on what is held out, an equal share of it by each process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from imbalearn_torch.data.rows import Rows
from imbalearn_torch.experiments.session import Session
from imbalearn_torch.metrics.confusion import confusion_matrix, confusion_scores
from imbalearn_torch.training.predict import predict
from imbalearn_torch.types import Outputs

__all__ = ["validator"]


def validator(
    session: Session, between: Callable[[], None] = lambda: None
) -> Callable[[nn.Module], dict[str, Any]] | None:
    """A function from the present predictor to `val_*` figures; None where nothing is held out.

    Args:
        session: The run.
        between: Called before every batch; of several processes some may have fewer.
    """
    part = session.data.test() if session.config.select == "test" else session.data.validation()
    if part is None:
        return None
    runtime, whole, classes = session.runtime, len(part.targets), len(session.data.classes)
    mine = runtime.part(whole)
    inputs = part.inputs.part(mine) if isinstance(part.inputs, Rows) else part.inputs[mine]
    loader = session.loader(inputs, part.targets[mine])

    def validate(network: nn.Module) -> dict[str, Any]:
        outputs = Outputs(torch.zeros(0, classes), None, torch.zeros(0, dtype=torch.int64))
        if len(loader):  # there may be fewer images than processes
            outputs = predict(network, loader, precision=session.precision, scale=session.scale, between=between)
        confusion = confusion_matrix(outputs.targets, outputs.logits.argmax(dim=1), classes)
        figures = confusion_scores(runtime.all_reduce(confusion))
        losses = nn.functional.cross_entropy(outputs.logits.double(), outputs.targets, reduction="sum")
        loss = float(runtime.all_reduce(losses)) / whole
        return {"val_loss": loss, "val_accuracy": figures["accuracy"], "val_macro_f1": figures["macro_f1"]}

    return validate
