"""timm's published weights, which lie on the Hugging Face hub."""

from __future__ import annotations

from typing import Any

from imbalearn_builtins.backbones.downloads import answers
from imbalearn_torch import errors

__all__ = ["check_downloadable"]

_FILES = ("model.safetensors", "pytorch_model.bin")


def check_downloadable(model: str, config: Any) -> None:
    """Refuse at once what timm would give up after a minute of retries.

    Args:
        model: A name that timm knows.
        config: timm's record of its published weights, a `PretrainedCfg` or None.

    Raises:
        OptionError: There are no published weights, or they are neither cached nor within reach.
    """
    from huggingface_hub import constants, try_to_load_from_cache

    if config is None or not config.has_weights:
        raise errors.OptionError(
            f"Expected `pretrained` to be a path or false, but got true; timm has no weights of {model!r}"
        )
    repository = config.hf_hub_id
    if repository is None or any(isinstance(try_to_load_from_cache(repository, file), str) for file in _FILES):
        return
    if constants.is_offline_mode() or not answers(constants.ENDPOINT):
        raise errors.OptionError(
            f"The weights of {model!r} are downloaded from the Hugging Face hub ({repository}), which cannot be"
            " reached; go online once, or give pretrained=PATH"
        )
