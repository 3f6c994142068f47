"""Fitted adjusters as tensors and text, and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torch import nn

import imbalearn_torch as ibt
from imbalearn_torch.adjustment.adjust import Adjusted, adjust, applied
from imbalearn_torch.adjustment.saved import check_savable, record_of, restored, state_of
from imbalearn_torch.errors import CheckpointError, ComponentError, OptionError, UnknownComponentError
from imbalearn_torch.plugin.registry import registry
from imbalearn_torch.types import Outputs

COUNTS = torch.tensor([40, 20, 10])
PRIOR = COUNTS.double() / COUNTS.sum()
HEAD = nn.Linear(5, 3)
TEXTS = (
    "crt:steps=5",
    "lws:steps=5",
    "tau-norm",
    "ncm:distance=cosine",
    "logit-adjustment:tau=0.5",
    "temperature",
    "prior-shift:prior=[1,2,3]",
    "thresholds:metric=gmean",
)


def part(seed: int) -> Outputs:
    source = torch.Generator().manual_seed(seed)
    targets = torch.repeat_interleave(torch.arange(3), COUNTS)
    features = torch.randn(70, 5, generator=source) + 2 * nn.functional.one_hot(targets, 5)
    with torch.no_grad():
        return Outputs(HEAD(features), features, targets)


TRAIN, VALIDATION, TEST = part(1), part(2), part(3)


def fitted(*texts: str) -> Adjusted:
    def make(prior: torch.Tensor, text: str) -> Any:
        return ibt.build("adjuster", text, class_counts=COUNTS, class_prior=prior, num_classes=3)

    builders = [lambda prior, text=text: make(prior, text) for text in texts]
    return adjust(builders, validation=VALIDATION, test=TEST, train=TRAIN, head=HEAD, class_prior=PRIOR, seed=0)


@pytest.mark.parametrize("texts", [(text,) for text in TEXTS] + [TEXTS[:1] + TEXTS[4:]], ids=" ".join)
def test_there_and_back(texts: tuple[str, ...]) -> None:
    done = fitted(*texts)
    record = json.loads(json.dumps(record_of(done, texts, COUNTS), allow_nan=False))
    state = {name: tensor.clone() for name, tensor in state_of(done.adjusters).items()}
    again = restored(record, state, registry())
    assert torch.equal(applied(again, TEST), done.test)
    assert record["class_counts"] == [40, 20, 10]
    assert [each["config"] for each in record["adjusters"]] == list(texts)
    assert record["adjusters"][0]["class_prior"] == PRIOR.tolist()


def test_a_state_of_something_else_is_refused() -> None:
    record = record_of(fitted("crt:steps=1"), ["crt"], COUNTS)
    with pytest.raises(CheckpointError, match="adjuster 'crt' does not take the saved state: 'weight'"):
        restored(record, {"0.tau": torch.ones(())}, registry())
    record["adjusters"][0]["config"] = "crtt"
    with pytest.raises(UnknownComponentError, match="no adjuster named 'crtt'"):
        restored(record, {}, registry())


class Stateful:
    def __init__(self, state: Any) -> None:
        self._state = state

    def state_dict(self) -> Any:
        return self._state

    def load_state_dict(self, state: Any) -> None:
        self._state = state


def test_what_cannot_be_saved_is_named() -> None:
    check_savable(Stateful({}))
    with pytest.raises(OptionError, match="object cannot be saved: it has no state_dict and no load_state_dict"):
        check_savable(object())
    with pytest.raises(ComponentError, match="Expected `state_dict` of Stateful to hold tensors, but 'tau' is a float"):
        state_of([Stateful({"tau": 1.0})])
    with pytest.raises(ComponentError, match="`state_dict` of Stateful failed: TypeError"):
        state_of([Stateful(3)])
