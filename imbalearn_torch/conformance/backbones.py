"""What a backbone has to keep."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_torch.conformance.check import Check, Skip, checks, require
from imbalearn_torch.conformance.guards import generators_left_alone
from imbalearn_torch.conformance.shapes import inputs_of
from imbalearn_torch.conformance.subject import Subject

__all__ = ["CHECKS"]

_BATCH = 4
_TOLERANCE = 1e-4  # of logits computed twice, in batches of other sizes
_PROTOCOL = ("forward_head", "get_classifier", "reset_classifier")


def it_is_a_module(subject: Subject) -> None:
    """The factory makes an nn.Module."""
    made = subject.build()
    require(isinstance(made, nn.Module), f"expected an nn.Module, but got {type(made).__name__}")


def it_gives_logits(subject: Subject) -> None:
    """Inputs [B, C, H, W] give finite float logits [B, K]."""
    logits = _logits(_module(subject).eval(), inputs_of(subject, _BATCH), subject)
    require(bool(logits.isfinite().all()), f"expected finite logits, but got {logits[0].tolist()}")


def a_batch_of_one_is_fine(subject: Subject) -> None:
    """In eval mode one input gives logits [1, K]."""
    _logits(_module(subject).eval(), inputs_of(subject, 1), subject)


def it_trains(subject: Subject) -> None:
    """In train mode the cross-entropy of its logits has a finite gradient, for one parameter at least."""
    net = _module(subject).train()
    trained = {name: each for name, each in net.named_parameters() if each.requires_grad}
    require(bool(trained), "expected parameters to train, but there are none that require a gradient")
    logits = _checked(net(inputs_of(subject, _BATCH)), _BATCH, subject)
    require(logits.requires_grad, "expected logits that depend on the parameters, but they carry no gradient")
    F.cross_entropy(logits, torch.arange(_BATCH) % len(subject.counts)).backward()
    gradients = {name: each.grad for name, each in trained.items() if each.grad is not None}
    require(bool(gradients), "expected a gradient for at least one parameter, but there is none")
    for name, gradient in gradients.items():
        require(bool(gradient.isfinite().all()), f"expected finite gradients, but that of {name!r} is not")


def eval_mode_is_deterministic(subject: Subject) -> None:
    """In eval mode the same inputs give the same logits twice."""
    net, inputs = _module(subject).eval(), inputs_of(subject, _BATCH)
    difference = _difference(_logits(net, inputs, subject), _logits(net, inputs, subject))
    require(difference <= _TOLERANCE, f"expected the same logits twice in eval mode, but they differ by {difference:g}")


def rows_do_not_depend_on_each_other(subject: Subject) -> None:
    """In eval mode an input has the logits that it has alone, whatever else is in the batch."""
    net, inputs = _module(subject).eval(), inputs_of(subject, _BATCH)
    together, alone = _logits(net, inputs, subject)[:1], _logits(net, inputs[:1], subject)
    difference = _difference(together, alone)
    require(
        difference <= _TOLERANCE,
        f"expected the logits of an input not to depend on the rest of the batch, but they differ by {difference:g}",
    )


def same_seed_same_weights(subject: Subject) -> None:
    """Built twice with torch's default generators seeded alike, it has the same state."""
    first, second = _module(subject).state_dict(), _module(subject).state_dict()
    require(first.keys() == second.keys(), "expected the same names in the state of two builds, but they differ")
    other = [name for name, value in first.items() if isinstance(value, Tensor) and not value.equal(second[name])]
    require(not other, f"expected the same initial weights with the same seed, but {', '.join(other[:5])} differ")


def the_state_makes_a_round_trip(subject: Subject) -> None:
    """`load_state_dict` of another build, after a forward in train mode, gives its logits."""
    source, other = _module(subject), _module(replace(subject, seed=1))
    inputs = inputs_of(subject, _BATCH)
    _logits(source.train(), inputs, subject)  # moves what a batch in train mode moves
    try:
        other.load_state_dict(source.state_dict())
    except Exception as error:
        require(False, f"expected `load_state_dict` to take the state of another build, but it raised {error}")
    difference = _difference(_logits(source.eval(), inputs, subject), _logits(other.eval(), inputs, subject))
    require(
        difference <= _TOLERANCE,
        f"expected the logits to be those of the build whose state was loaded, but they differ by {difference:g}",
    )


def it_draws_from_torch_alone(subject: Subject) -> None:
    """Building it and a forward in train mode leave numpy's and Python's global generators alone."""
    with generators_left_alone("building it", torch_too=False):
        net = _module(subject)
    with generators_left_alone("`forward`", torch_too=False):
        _logits(net.train(), inputs_of(subject, _BATCH), subject)


def the_protocol_of_timm_is_whole(subject: Subject) -> None:
    """Where there is `forward_features`: `forward` is an nn.Linear, `get_classifier()`, after the features."""
    net: Any = _with_features(subject).eval()
    missing = [name for name in _PROTOCOL if not callable(getattr(net, name, None))]
    require(not missing, f"expected {', '.join(missing)} beside forward_features, but there is none")
    head = net.get_classifier()
    require(
        isinstance(head, nn.Linear),
        f"expected get_classifier() to be an nn.Linear, but got {type(head).__name__}; a backbone without one leaves "
        "forward_features out",
    )
    inputs = inputs_of(subject, _BATCH)
    with torch.no_grad():
        features = net.forward_head(net.forward_features(inputs.clone()), pre_logits=True)
    wanted = [_BATCH, head.in_features]
    came = list(features.shape) if isinstance(features, Tensor) else type(features).__name__
    require(came == wanted, f"expected forward_head(..., pre_logits=True) to give features {wanted}, but got {came}")
    logits = _logits(net, inputs, subject)
    with torch.no_grad():
        difference = _difference(logits, _checked(head(features), _BATCH, subject))
    require(
        difference <= _TOLERANCE,
        "expected forward(x) == get_classifier()(forward_head(forward_features(x), pre_logits=True)), but they differ "
        f"by {difference:g}",
    )


def reset_classifier_changes_the_number_of_classes(subject: Subject) -> None:
    """Where there is `forward_features`: after `reset_classifier(k)` the logits are [B, k]."""
    net: Any = _with_features(subject)
    if not hasattr(net, "reset_classifier"):
        raise Skip("it has no reset_classifier")
    classes = len(subject.counts) + 2
    net.reset_classifier(classes)
    _logits(net.eval(), inputs_of(subject, _BATCH), replace(subject, counts=(1,) * classes))


def stages_are_modules_of_its_own(subject: Subject) -> None:
    """Where there are `stages`, for hidden mixing: a tuple of modules inside the backbone."""
    net: Any = _module(subject)
    stages = getattr(net, "stages", None)
    if stages is None:
        raise Skip("it has no stages")
    # timm's own models name a Sequential so, which is as good.
    require(
        isinstance(stages, (tuple, nn.Sequential, nn.ModuleList)) and len(stages) > 0,
        f"expected `stages` to be a tuple of modules, but got {stages!r:.200}",
    )
    own = {id(module) for module in net.modules()}
    strange = [type(stage).__name__ for stage in stages if id(stage) not in own]
    require(not strange, f"expected the stages to be modules inside the backbone, but these are not: {strange}")


def _module(subject: Subject) -> nn.Module:
    made = subject.build()
    if not isinstance(made, nn.Module):
        raise Skip("it-is-a-module failed")
    return made


def _with_features(subject: Subject) -> nn.Module:
    net = _module(subject)
    if not hasattr(net, "forward_features"):
        raise Skip("it has no forward_features, so losses and adjusters that ask for features are refused")
    return net


def _logits(net: nn.Module, inputs: Tensor, subject: Subject) -> Tensor:
    with torch.no_grad():
        return _checked(net(inputs.clone()), len(inputs), subject)


def _checked(logits: Any, batch: int, subject: Subject) -> Tensor:
    wanted = [batch, len(subject.counts)]
    came = list(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
    require(came == wanted, f"expected logits [B, K] = {wanted}, but got {came}")
    require(logits.is_floating_point(), f"expected logits of a float type, but got {logits.dtype}")
    return logits


def _difference(one: Tensor, other: Tensor) -> float:
    """The largest difference, in proportion to logits above 1."""
    scale = max(1.0, float(one.abs().max()))
    return float((one - other).abs().max()) / scale


CHECKS: tuple[Check, ...] = checks(
    it_is_a_module,
    it_gives_logits,
    a_batch_of_one_is_fine,
    it_trains,
    eval_mode_is_deterministic,
    rows_do_not_depend_on_each_other,
    same_seed_same_weights,
    the_state_makes_a_round_trip,
    it_draws_from_torch_alone,
    the_protocol_of_timm_is_whole,
    reset_classifier_changes_the_number_of_classes,
    stages_are_modules_of_its_own,
)
