"""The thirteen mistakes of public implementations: none of them is made here.

 1. Remix with one label weight for a loss already averaged, which collapses to mixup.
 2. A focal p_y taken from the weighted cross-entropy: 3.25 in the place of 0.87.
 3. Deferral as `epoch // 160` into a list of two, which fails from epoch 320 on.
 4. A class without images: margins, weights and losses that are nan or inf.
 5. Progressive sampling under deferral with the epochs of the whole training.
 6. exp(logit) without the maximum subtracted; log(p + 1e-12) in half precision.
 7. Repeat factors rounded up.
 8. Epochs of n_max x K draws: more optimiser steps than the baseline.
 9. Long-tailed subsets drawn with replacement; models selected on the test set.
10. A class-weighted mean whose divisor depends on the kind of target.
11. Labels smoothed by a mix that was not told to.
12. A class-weighted mean of which each rank takes its own.
13. A balanced sampler together with a prior-correcting loss on the raw counts.

`ELSEWHERE` says which are tested beside their component; the others are tested here.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from imbalearn_torch import Batch, Mixed, build, registry
from imbalearn_torch.data.plan import Planner
from imbalearn_torch.data.stats import ClassStats
from imbalearn_torch.training.step import LossStep, wants_features

TESTS = Path(__file__).parents[1]
ELSEWHERE = {
    1: ["builtins/mixing/test_remix.py::test_the_loss_does_not_collapse_to_that_of_mixup"],
    2: ["builtins/losses/test_focal.py::test_the_probability_is_not_that_of_a_weighted_cross_entropy"],
    3: [
        "builtins/weights/test_schedule.py::test_deferral_knows_no_number_of_epochs",
        "builtins/samplers/test_deferred.py::test_deferral_knows_no_number_of_epochs",
    ],
    4: [
        "builtins/losses/test_ldam.py::test_a_class_without_images_has_the_margin_of_the_rarest_present_one",
        "builtins/losses/test_prior_shift.py::test_a_class_without_images_is_finite",
        "builtins/weights/test_schedule.py::test_unusual_counts_are_finite",
    ],
    5: ["builtins/samplers/test_progressive.py::test_under_deferral_both_times_count_from_the_first_deferred_epoch"],
    6: ["builtins/losses/test_every_loss.py::test_extreme_logits_give_finite_losses_and_gradients"],
    7: ["builtins/samplers/test_repeat_factor.py::test_a_factor_a_little_above_1_repeats_a_few"],
    8: ["builtins/samplers/test_deferred.py::test_every_method_takes_the_steps_of_the_baseline"],
    9: [
        "data/test_subset.py::test_the_wanted_counts_without_replacement",
        "data/test_prepare.py::test_the_profile_thins_training_then_validation_is_cut_and_the_test_part_stays",
        "experiments/test_run.py::test_selection_on_the_test_set_is_marked",
    ],
    10: ["training/test_step.py::test_the_scale_of_class_weights_does_not_matter"],
    13: ["experiments/test_run.py::test_double_correction_is_recorded_with_its_size"],
}

COUNTS = torch.tensor([300, 0, 30, 3, 0])  # two absent classes
CLASSES, EPOCHS = 5, 4
BUILT_IN = registry(plugins=False)
LOSSES = [entry.name for entry in BUILT_IN.entries("loss")]
SMOOTHED = [f"{name}:smoothing=0.1" for name in ("ce", "balanced-softmax", "logit-adjusted")]
EVERY_LOSS = pytest.mark.parametrize("spec", [*LOSSES, *SMOOTHED])
TARGETS = torch.arange(15) % CLASSES
PARTNERS = TARGETS[torch.randperm(15, generator=torch.Generator().manual_seed(1))]
FEATURES = torch.randn(15, 3, generator=torch.Generator().manual_seed(2))


def make_loss(spec: str) -> nn.Module:
    """A loss in the last epoch, after an observed epoch."""
    context = {"class_counts": COUNTS, "num_classes": CLASSES, "epochs": EPOCHS}
    loss: Any = build("loss", spec, **context, reduction="none").float()
    if hasattr(loss, "set_epoch"):
        loss.set_epoch(EPOCHS - 1)
    if hasattr(loss, "observe"):
        loss.observe(torch.repeat_interleave(torch.arange(CLASSES), COUNTS))
    return loss


def values(loss: nn.Module, logits: Tensor) -> Tensor:
    torch.manual_seed(0)
    told = {"features": FEATURES.to(torch.promote_types(logits.dtype, torch.float32))} if wants_features(loss) else {}
    return loss(logits, TARGETS, **told)


@pytest.mark.parametrize("place", [place for places in ELSEWHERE.values() for place in places])
def test_what_is_tested_elsewhere_is_there(place: str) -> None:
    file, _, name = place.partition("::")
    assert re.search(rf"^def {name}\(", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_2_class_weights_stay_outside_of_the_focal_factor() -> None:
    # p = .5, gamma = 2, w = 5: 5 * .25 * log 2 = .87, through the engine
    step = LossStep(build("loss", "focal:gamma=2", reduction="none"), "focal")
    mixed = Mixed(torch.empty(1, 0), torch.tensor([0]), torch.tensor([0]), torch.ones(1))
    total, norm = step(torch.zeros(1, 2), None, mixed, False, torch.tensor([5.0, 5.0]))
    assert float(total) == pytest.approx(5 * 0.25 * math.log(2), rel=1e-6)
    assert (round(float(total), 2), float(norm)) == (0.87, 5.0)


@pytest.mark.parametrize("weights", [entry.name for entry in BUILT_IN.entries("weights")])
@EVERY_LOSS
def test_4_absent_classes_are_finite_in_every_form(spec: str, weights: str) -> None:
    loss = make_loss(spec)
    by_class = build("weights", weights, class_counts=COUNTS, epochs=EPOCHS)(EPOCHS - 1)
    logits = torch.randn(15, CLASSES, generator=torch.Generator().manual_seed(3)).tanh().requires_grad_()
    lam = torch.linspace(0, 1, 15)
    for paired in (False, True):
        mixed = Mixed(torch.empty(15, 0), TARGETS, PARTNERS, lam)
        total, norm = LossStep(loss, spec)(logits, FEATURES, mixed, paired, by_class)
        (grad,) = torch.autograd.grad(total / norm, logits)
        assert float(norm) > 0
        assert total.isfinite()
        assert grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@EVERY_LOSS
def test_6_half_precision_neither_overflows_nor_rounds_to_infinity(spec: str, dtype: torch.dtype) -> None:
    # e^12 and e^-18 are beyond float16, and 1e-12 is 0 in it; so are all of these a hundred times over
    loss, source = make_loss(spec), torch.Generator().manual_seed(4)
    scales = (1.0,) if getattr(loss, "head", "linear") == "cosine" else (1.0, 30.0, 3e3)
    for scale in scales:
        logits = (scale * torch.randn(15, CLASSES, generator=source).tanh()).to(dtype).requires_grad_()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            made = values(loss, logits)
        made.sum().backward()
        assert logits.grad is not None
        assert logits.grad.isfinite().all()
        exact = values(make_loss(spec).double(), logits.detach().double())
        # influence-balanced takes up to a million times the cross-entropy
        torch.testing.assert_close(made.double(), exact, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("weights", [[1.0] * CLASSES, [0.1, 1.0, 10.0, 3.0, 0.5]])
def test_10_the_divisor_is_the_same_for_hard_and_for_mixed_labels(weights: list[float]) -> None:
    # A mix with lam = 1 has the labels of no mix: so must the gradient, and with it the learning rate.
    by_class, logits = torch.tensor(weights), torch.randn(15, CLASSES, generator=torch.Generator().manual_seed(5))
    logits.requires_grad_()
    step, found = LossStep(make_loss("ce"), "ce"), []
    for paired in (False, True):
        mixed = Mixed(torch.empty(15, 0), TARGETS, PARTNERS, torch.ones(15))
        total, norm = step(logits, None, mixed, paired, by_class)
        found.append(torch.autograd.grad(total / norm, logits)[0])
    torch.testing.assert_close(found[0], found[1], rtol=1e-6, atol=1e-8)
    expected = torch.autograd.grad(F.cross_entropy(logits, TARGETS, weight=by_class), logits)[0]
    torch.testing.assert_close(found[0], expected, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", [entry.name for entry in BUILT_IN.entries("mix")])
def test_11_no_mix_smooths_labels(name: str) -> None:
    counts = COUNTS.clamp_min(1)
    mix = build("mix", name, num_classes=CLASSES, class_counts=counts, epochs=EPOCHS)
    if hasattr(mix, "set_epoch"):
        mix.set_epoch(1)
    source = torch.Generator().manual_seed(6)
    images = torch.randn(2, 15, 3, 8, 8, generator=source)
    mixed = mix(Batch(images[0], TARGETS), Batch(images[1], PARTNERS), source)
    logits = torch.randn(15, CLASSES, generator=source, dtype=torch.float64).requires_grad_()
    total, _ = LossStep(make_loss("ce").double(), "ce")(logits, None, mixed, True, None)
    (grad,) = torch.autograd.grad(total, logits)
    label = logits.detach().softmax(dim=1) - grad  # of cross-entropy, whatever the targets
    share = mixed.lam.double()[:, None]
    pair = share * F.one_hot(mixed.targets_a, CLASSES) + (1 - share) * F.one_hot(mixed.targets_b, CLASSES)
    torch.testing.assert_close(label, pair, rtol=0, atol=1e-9)


def test_12_ranks_share_one_divisor() -> None:
    # Rank 0 has the frequent class, rank 1 the rare one: a mean of means gives both batches the same say.
    logits = torch.randn(15, CLASSES, generator=torch.Generator().manual_seed(7), dtype=torch.float64).requires_grad_()
    targets = torch.tensor([0] * 10 + [2] * 5)
    by_class = torch.tensor([0.1, 1.0, 10.0, 1.0, 1.0], dtype=torch.float64)
    step = LossStep(make_loss("ce"), "ce")

    def parts(rows: slice) -> tuple[Tensor, Tensor]:
        labels = targets[rows]
        mixed = Mixed(torch.empty(len(labels), 0), labels, labels, torch.ones(len(labels)))
        return step(logits[rows], None, mixed, False, by_class)

    (expected,) = torch.autograd.grad(F.cross_entropy(logits, targets, weight=by_class), logits)
    ranks = [parts(slice(0, 8)), parts(slice(8, 15))]
    norm = ranks[0][1] + ranks[1][1]
    of_the_ranks = [2 * total / norm for total, _ in ranks]  # what each back-propagates, before the mean over ranks
    (grad,) = torch.autograd.grad((of_the_ranks[0] + of_the_ranks[1]) / 2, logits, retain_graph=True)
    torch.testing.assert_close(grad, expected, rtol=0, atol=1e-12)
    (wrong,) = torch.autograd.grad((ranks[0][0] / ranks[0][1] + ranks[1][0] / ranks[1][1]) / 2, logits)
    assert float((wrong - expected).norm() / expected.norm()) > 0.4


@pytest.mark.parametrize("spec", ["balanced-softmax", "logit-adjusted", "vs:gamma=0", "lade:alpha=0"])
def test_13_a_prior_correcting_loss_is_told_what_the_sampler_draws(spec: str) -> None:
    counts = torch.tensor([300, 30, 3])
    targets = torch.repeat_interleave(torch.arange(3), counts)
    column = Planner(build("sampler", "balanced", targets=targets, num_classes=3, epochs=2), seed=0, num_items=333)

    def log_odds(prior: str) -> float:
        """How much further than cross-entropy the loss raises the rarest class over the most frequent one."""
        told = ClassStats(targets, 3, (column,), prior).prior(0)
        loss = build("loss", spec, class_counts=counts, class_prior=told, num_classes=3, epochs=2, reduction="none")
        cost = loss(torch.zeros(2, 3, dtype=torch.float64), torch.tensor([2, 0]))
        return float(cost[0] - cost[1])

    assert log_odds("drawn") == pytest.approx(0, abs=1e-9)
    assert log_odds("train") == pytest.approx(math.log(300 / 3), abs=1e-9)
