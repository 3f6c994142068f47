"""`pretrained=true` of timm models, without a network."""

import socket

import huggingface_hub
import pytest
import timm

from imbalearn_builtins.backbones.timm_hub import check_downloadable
from imbalearn_builtins.backbones.timm_model import timm_model
from imbalearn_torch.errors import OptionError


@pytest.fixture
def closed_port(monkeypatch, tmp_path):
    """A hub that refuses every connection, and an empty cache."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def test_a_hub_out_of_reach_is_one_sentence(closed_port):
    with pytest.raises(OptionError, match=r"'resnet18' are downloaded from the Hugging Face hub \(timm/resnet18"):
        timm_model(num_classes=3, model="resnet18", pretrained=True)


def test_the_offline_switch_of_the_hub_is_respected(closed_port, monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "not an address: asking it would fail otherwise")
    with pytest.raises(OptionError, match="give pretrained=PATH"):
        check_downloadable("resnet18", timm.get_pretrained_cfg("resnet18"))


def test_cached_weights_need_no_network(closed_port):
    repository = closed_port / "models--timm--resnet18.a1_in1k"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("0" * 40)
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "model.safetensors").touch()
    check_downloadable("resnet18", timm.get_pretrained_cfg("resnet18.a1_in1k"))


@pytest.mark.parametrize("config", [None, timm.models.PretrainedCfg()])
def test_models_without_published_weights(config):
    with pytest.raises(OptionError, match="timm has no weights of 'convnext_atto_rms'"):
        check_downloadable("convnext_atto_rms", config)
