"""Gradient norms by layer, at initialisation and after training: whether gradients vanish without shortcuts."""

from __future__ import annotations

from typing import Any

from benchmarks.harness import shared
from benchmarks.studies.queue import SHARED, QueuedRun, Study

__all__ = ["gradient_norms", "gradients_svg"]

_IMAGES = 512


def gradient_norms(run: QueuedRun, study: Study) -> dict[str, Any]:
    """The norm of the gradient of each convolution's weights, from the input to the output.

    The loss is the mean cross-entropy of 512 images of the training part, the same for every run, be it trained
    on them or holds some of them out; they are not augmented, and normalised by their own mean and deviation. Batch
    norm uses the statistics of this batch, as it does in training. At initialisation the network is that of the run's
    seed, afterwards it has the run's weights.

    Args:
        run: Finished.
        study: Its study.
    """
    import torch
    from safetensors.torch import load_file

    import imbalearn_torch as ibt
    from imbalearn_torch.streams import seed_default_generators

    torch.set_num_threads(1)
    images, targets = _batch(study)
    result = run.result()
    seed_default_generators(run.seed, "init")
    spec, classes = result["config"]["backbone"], result["data"]["classes"]
    sizes = {"num_classes": len(classes), "in_channels": 3, "image_size": 32, "input_shape": (3, 32, 32)}
    network = ibt.build("backbone", spec, **sizes)
    found: dict[str, Any] = {"images": _IMAGES, "layers": None}
    for when in ("initial", "trained"):
        if when == "trained":
            network.load_state_dict(load_file(run.place / "model.safetensors"))
        network.train().zero_grad()
        torch.nn.functional.cross_entropy(network(images), targets).backward()
        layers = [(name, each) for name, each in network.named_modules() if isinstance(each, torch.nn.Conv2d)]
        found["layers"] = [name for name, _ in layers]
        found[when] = [float(each.weight.grad.norm()) for _, each in layers if each.weight.grad is not None]
    return found


def _batch(study: Study) -> Any:
    import torch

    import imbalearn_torch as ibt
    from imbalearn_torch.data.prepare import channel_statistics, decode

    dataset: Any = ibt.build("dataset", study.data.replace(SHARED, str(shared())), root=None, seed=0)
    count = len(dataset.train.targets)
    rows = torch.randperm(count, generator=torch.Generator().manual_seed(0))[:_IMAGES].sort().values
    images = decode(dataset.train.inputs, rows)
    mean, std = (torch.tensor(each).view(1, -1, 1, 1) for each in channel_statistics(images))
    return (images.float() / 255 - mean) / std, dataset.train.targets[rows]


def gradients_svg(norms: dict[str, dict[str, Any]]) -> str:
    """A line a network and time, over the convolutions in order.

    Args:
        norms: By method, as `gradient_norms` gives them.
    """
    from matplotlib.ticker import LogLocator

    from imbalearn_torch.reporting.style import figure_style, line_style, new_figure, to_svg

    with figure_style():
        figure = new_figure(3.2)
        axes = figure.subplots()
        for index, (method, found) in enumerate(norms.items()):
            for when, dashes in (("initial", "--"), ("trained", "-")):
                style = {**line_style(index), "linestyle": dashes}
                axes.plot(range(1, len(found[when]) + 1), found[when], label=f"{method}, {when}", **style)
        axes.set(yscale="log", xlabel="convolution, from the input to the output", ylabel="gradient norm")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))  # the norms span less than a power of ten
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")  # the default one writes TeX
        axes.minorticks_off()
        axes.set_xticks(range(1, 1 + max(len(found["layers"]) for found in norms.values()), 2))
        axes.grid(axis="y")
        figure.legend(loc="outside upper left", ncols=2)
        return to_svg(figure, "Norm of the gradient of each convolution's weights, at initialisation and trained.")
