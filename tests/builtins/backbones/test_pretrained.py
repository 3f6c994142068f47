"""`pretrained=PATH`: the layouts of public checkpoints, and files that cannot be used."""

import re
from collections import OrderedDict

import pytest
import torch
from safetensors.torch import save_file

from imbalearn_builtins.backbones.pretrained import read_tensors
from imbalearn_builtins.backbones.resnet import ResNet20
from imbalearn_torch.errors import OptionError


@pytest.fixture(scope="module")
def source():
    torch.manual_seed(7)
    return ResNet20(num_classes=4)


def rename(state, **words):
    return OrderedDict((".".join(words.get(part, part) for part in name.split(".")), t) for name, t in state.items())


def same(net, other):
    ours, theirs = net.state_dict(), other.state_dict()
    return [name for name in ours if not torch.equal(ours[name], theirs[name])] == []


LAYOUTS = {
    "plain": lambda state: state,
    "state_dict": lambda state: {"state_dict": state, "best_prec1": 91.7, "epoch": 3},
    "model": lambda state: {"model": state, "optimizer": {"lr": 0.1}},
    "net": lambda state: {"net": state, "acc": 91.7},
    "nested": lambda state: {"model": {"state_dict": state}},
    "data parallel": lambda state: {"state_dict": {f"module.{name}": tensor for name, tensor in state.items()}},
    "compiled": lambda state: {f"module._orig_mod.{name}": tensor for name, tensor in state.items()},
    "fc": lambda state: rename(state, linear="fc"),
    "torchvision": lambda state: rename(state, linear="fc", shortcut="downsample"),
    "half": lambda state: {name: t.half() if t.is_floating_point() else t for name, t in state.items()},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout, source, tmp_path):
    file = tmp_path / "weights.pth"
    torch.save(LAYOUTS[layout](source.state_dict()), file)
    net = ResNet20(num_classes=4, pretrained=file)
    if layout == "half":
        torch.testing.assert_close(net.conv1.weight, source.conv1.weight.half().float(), rtol=0, atol=0)
    else:
        assert same(net, source)


def test_own_weights_load_again(source, tmp_path):
    file = tmp_path / "model.safetensors"
    save_file(source.state_dict(), file)
    assert same(ResNet20(num_classes=4, pretrained=file), source)
    assert same(ResNet20(num_classes=4, pretrained=str(file)), source)


def test_old_files_without_batch_counts_load(source, tmp_path):
    file = tmp_path / "old.th"
    state = {name: t for name, t in source.state_dict().items() if not name.endswith("num_batches_tracked")}
    torch.save({"state_dict": state}, file, _use_new_zipfile_serialization=False)
    assert same(ResNet20(num_classes=4, pretrained=file), source)


def without_head(state):
    return {name: tensor for name, tensor in state.items() if not name.startswith("linear.")}


@pytest.mark.parametrize("edit", [dict, without_head], ids=["other K", "no head"])
def test_a_head_that_does_not_fit_stays_fresh(edit, source, tmp_path):
    file = tmp_path / "weights.pt"
    torch.save(edit(source.state_dict()), file)
    classes = 9
    torch.manual_seed(3)
    fresh = ResNet20(num_classes=classes)
    torch.manual_seed(3)
    with pytest.warns(UserWarning, match=r"head keeps its fresh initial weights: it needs .*linear.weight \[9, 64\]"):
        net = ResNet20(num_classes=classes, pretrained=file)
    expected = {**source.state_dict(), **{f"linear.{name}": t for name, t in fresh.linear.state_dict().items()}}
    assert all(torch.equal(tensor, expected[name]) for name, tensor in net.state_dict().items())


def refused(file, **options):
    with pytest.raises(OptionError) as caught:
        ResNet20(num_classes=4, pretrained=file, **options)
    return str(caught.value)


def test_missing_left_over_and_misshaped_tensors_are_listed(source, tmp_path):
    file = tmp_path / "weights.pt"
    state = source.state_dict()
    state["conv1.weight"] = torch.zeros(16, 1, 3, 3)
    del state["layer1.0.bn1.weight"]
    state["extra"] = torch.zeros(1)
    torch.save(state, file)
    message = refused(file)
    assert "1 missing: layer1.0.bn1.weight" in message
    assert "1 left over: extra" in message
    assert "1 of another shape: conv1.weight [16, 1, 3, 3] instead of [16, 3, 3, 3]" in message


def test_a_long_list_is_cut(tmp_path):
    file = tmp_path / "weights.pt"
    torch.save({f"other{number}": torch.zeros(1) for number in range(40)}, file)
    message = refused(file)
    assert "40 left over: other0, other1, other2, other3, ...;" in message + ";"
    assert len(message) < 500


@pytest.mark.parametrize(("stored", "asked"), [("pad", "projection"), ("projection", "pad")])
def test_the_wrong_shortcut_is_named_as_the_option(stored, asked, tmp_path):
    file = tmp_path / "weights.pt"
    torch.save(ResNet20(num_classes=4, shortcut=stored).state_dict(), file)
    assert f"Expected `shortcut` to be {stored}" in refused(file, shortcut=asked)


def test_group_norm_has_no_place_for_batch_statistics(source, tmp_path):
    file = tmp_path / "weights.pt"
    torch.save(source.state_dict(), file)
    assert "left over: bn1.running_mean" in refused(file, norm="group")


class Planted:
    """An object whose unpickling would leave a trace."""

    ran = False

    def __reduce__(self):
        return setattr, (Planted, "ran", True)


@pytest.mark.parametrize("whole_module", [True, False])
def test_pickled_objects_are_refused_and_never_run(whole_module, source, tmp_path):
    file = tmp_path / "weights.pt"
    torch.save(source if whole_module else {"state_dict": source.state_dict(), "args": Planted()}, file)
    assert "weights_only=True" in refused(file)
    assert not Planted.ran


def test_damaged_files(source, tmp_path):
    for name in ("weights.pt", "weights.safetensors"):
        file = tmp_path / name
        torch.save(source.state_dict(), file) if name.endswith("pt") else save_file(source.state_dict(), file)
        file.write_bytes(file.read_bytes()[:1000])
        assert "reading it failed" in refused(file)
    for content in (b"", b"not weights"):
        file = tmp_path / "other.pth"
        file.write_bytes(content)
        assert "reading it failed" in refused(file)


def test_paths_that_are_no_files(tmp_path):
    assert f"'{tmp_path / 'nothing.pt'}' is no file" in refused(tmp_path / "nothing.pt")
    assert f"'{tmp_path}' is a folder" in refused(tmp_path)


@pytest.mark.parametrize(
    ("stored", "held"), [({"epoch": 3, "history": [1]}, "the keys epoch, history"), ([1, 2], "a list")]
)
def test_files_without_tensors(stored, held, tmp_path):
    file = tmp_path / "weights.pt"
    torch.save(stored, file)
    with pytest.raises(OptionError, match=re.escape(f"it holds {held}")):
        read_tensors(file)
