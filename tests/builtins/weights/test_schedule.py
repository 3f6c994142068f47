import pytest
import torch

from imbalearn_builtins.weights.schedule import ClassWeights, counts_of
from imbalearn_torch import build, errors

COUNTS = torch.tensor([50, 20, 5, 0])
SPECS = ["none", "inverse", "sqrt-inverse", "effective", "effective:beta=0", "effective:beta=0.999999999"]
STARTS = ["inverse:start={}", "sqrt-inverse:start={}", "effective:start={}"]


@pytest.mark.parametrize("epochs", [1, 5])
@pytest.mark.parametrize("spec", [*SPECS, *(spec.format(0.8) for spec in STARTS)])
def test_every_epoch_has_finite_weights_and_none_for_absent_classes(spec: str, epochs: int) -> None:
    weights = build("weights", spec, class_counts=COUNTS, epochs=epochs)
    for epoch in range(epochs):
        now = weights(epoch)
        assert (now.dtype, now.shape, now.device.type) == (torch.float32, (4,), "cpu")
        assert now.isfinite().all()
        assert (now[:3] > 0).all()
        assert now[3] == 0
        assert now.sum().item() == pytest.approx(3, rel=1e-6)


@pytest.mark.parametrize("spec", STARTS)
@pytest.mark.parametrize("epochs", [200, 321, 1000])
def test_deferral_knows_no_number_of_epochs(spec: str, epochs: int) -> None:
    # `epoch // 160` into a list of two is 1 from epoch 160 on whatever T is, and fails from epoch 320
    weights = build("weights", spec.format(0.8), class_counts=torch.tensor([50, 20, 5]), epochs=epochs)
    equal = [torch.equal(weights(epoch), torch.ones(3)) for epoch in range(epochs)]
    assert equal.index(False) == round(0.8 * epochs)
    assert not any(equal[round(0.8 * epochs) :])


@pytest.mark.parametrize(("start", "first"), [(0.0, 0), (0.5, 2), (0.7, 4), (1.0, 5)])
def test_the_first_epoch_is_rounded_as_python_rounds(start: float, first: int) -> None:
    # round(0.5 * 5) = round(2.5) = 2 and round(0.7 * 5) = round(3.5) = 4: halves go to the even number
    assert build("weights", f"inverse:start={start}", class_counts=COUNTS, epochs=5).first_epoch == first


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("counts", [[7, 7, 7], [1, 0, 0], [0, 0, 0], [10**9, 1, 0]])
def test_unusual_counts_are_finite(spec: str, counts: list[int]) -> None:
    present = torch.tensor(counts) > 0
    now = build("weights", spec, class_counts=torch.tensor(counts))(0)
    assert now.isfinite().all()
    assert torch.equal(now > 0, present)
    assert now.sum().item() == pytest.approx(present.sum().item(), rel=1e-6)


def test_callers_cannot_change_the_weights() -> None:
    weights = build("weights", "inverse", class_counts=COUNTS)
    first = weights(0).tolist()
    weights(0).zero_()
    assert weights(0).tolist() == first


@pytest.mark.parametrize("spec", STARTS)
@pytest.mark.parametrize("start", ["2", "-0.1"])
def test_start_outside_0_to_1_is_refused(spec: str, start: str) -> None:
    with pytest.raises(errors.OptionError, match=r"Expected `start` to be in \[0, 1\], but got"):
        build("weights", spec.format(start), class_counts=COUNTS, epochs=5)


def test_start_needs_the_length_of_training() -> None:
    with pytest.raises(errors.OptionError, match=r"Expected `epochs` together with `start`, but got start=0\.8 alone"):
        ClassWeights(torch.ones(2), torch.ones(2), start=0.8)


@pytest.mark.parametrize("counts", [[[1, 2]], [1.0, -1.0], [1.0, float("nan")]])
def test_what_are_no_counts_is_refused(counts: list) -> None:
    with pytest.raises(errors.DataError, match="Expected a count >= 0 for each class"):
        counts_of(torch.tensor(counts))
