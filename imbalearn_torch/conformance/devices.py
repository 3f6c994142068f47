"""Two devices on a machine that has one: which tensors a module would leave behind, and where they meet the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from imbalearn_torch.conformance.check import ConformanceError

__all__ = ["LeftBehind", "plain_tensors"]

_MOVING = {"to", "type_as", "cuda", "as_tensor", "tensor"}
_SHAPE_ONLY = {"expand_as", "reshape_as", "view_as"}
# What torch does for tensors of two devices, given a first one on the device.
_ACROSS = {"__getitem__", "__setitem__", "copy_", "index_put", "index_put_", "new_tensor", "result_type"}


class LeftBehind(TorchFunctionMode):
    """While it is entered, tensors that would stay on the CPU must not meet others, as they must not with a GPU.

    Left behind are the tensors given, new ones that name no device, what is computed from these alone, and what is
    moved to the CPU by name. All others count as moved with the module and its inputs. A tensor of one number may meet
    any other.

    Args:
        tensors: Of the module, without being its buffers or parameters, and others that the engine does not move.

    Raises:
        ConformanceError: They meet.
    """

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        super().__init__()
        # By identity; the tensors themselves are kept lest another one gets the number.
        self._home = {id(tensor): tensor for tensor in tensors}

    def holds(self, tensor: Tensor) -> bool:
        """Whether the tensor is one of those left behind."""
        return id(tensor) in self._home and tensor.dim() > 0

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        given = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        result = func(*args, **given)
        tensors = list(_tensors((*args, *given.values())))
        home = [each for each in tensors if self.holds(each)]
        if name in ("cpu", *_MOVING) and isinstance(result, Tensor):
            return self._moved(result, name, args, given)
        if name in _SHAPE_ONLY:
            tensors, home = tensors[:1], home[: self.holds(tensors[0])]
        if home and any(each.dim() > 0 and not self.holds(each) for each in tensors):
            if name not in _ACROSS or self.holds(tensors[0]):
                raise ConformanceError(
                    f"expected all tensors to be on one device after .to(device), but {name} meets a tensor "
                    f"{list(home[0].shape)} that stays on the CPU"
                )
            home = []
        if home or (not tensors and given.get("device") is None):
            self._home.update((id(each), each) for each in _tensors((result,)))
        return result

    def _moved(self, result: Tensor, name: str, args: Sequence[Any], given: Mapping[str, Any]) -> Tensor:
        """The result of what may change the device, as an object of its own."""
        before = [each for each in args[:1] if isinstance(each, Tensor)]
        where = [*args[1:], *given.values()]
        stays = not before or self.holds(before[0])
        if name == "cpu" or "cpu" in [each for each in where if isinstance(each, str)]:
            stays = True
        elif name == "cuda" or any(_is_place(each) and not _is_home(self, each) for each in where):
            stays = False
        moved = result.view(result.shape) if any(result is each for each in before) else result
        if stays:
            self._home[id(moved)] = moved
        return moved


def plain_tensors(module: nn.Module) -> dict[str, list[Tensor]]:
    """Attributes that hold tensors and are neither buffers nor parameters nor modules, by name."""
    found = {}
    for path, part in module.named_modules():
        for name, value in vars(part).items():
            if name not in ("_parameters", "_buffers", "_modules"):
                held = [each for each in _tensors((value,)) if each.dim() > 0]
                if held:
                    found[f"{path}.{name}" if path else name] = held
    return found


def _is_place(value: Any) -> bool:
    return isinstance(value, (torch.device, Tensor, str))


def _is_home(mode: LeftBehind, value: Any) -> bool:
    return isinstance(value, Tensor) and mode.holds(value)


def _tensors(values: Iterable[Any]) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _tensors(value)
        elif isinstance(value, dict):
            yield from _tensors(value.values())
