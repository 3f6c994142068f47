"""Good components as strangers write them; each can be broken on purpose by changing one thing."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from imbalearn_torch import Dataset, Outputs, Samples, errors


class Net(nn.Module):
    """A good one, with timm's protocol and stages."""

    def __init__(self, *, num_classes: int, in_channels: int = 3) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(in_channels, 6, 3, stride=2), nn.BatchNorm2d(6), nn.ReLU())
        self.head = nn.Linear(6, num_classes)

    @property
    def stages(self) -> Any:
        return (self.body,)

    def forward(self, x: Tensor) -> Any:
        return self.forward_head(self.forward_features(x))

    def forward_features(self, x: Tensor) -> Tensor:
        return self.body(x)

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        features = x.mean(dim=(2, 3))
        return features if pre_logits else self.head(features)

    def get_classifier(self) -> Any:
        return self.head

    def reset_classifier(self, num_classes: int) -> None:
        self.head = nn.Linear(self.head.in_features, num_classes)


def images(count: int = 30, side: int = 8, seed: int = 0) -> Samples:
    generator = torch.Generator().manual_seed(seed)
    pixels = torch.randint(0, 256, (count, 3, side, side), dtype=torch.uint8, generator=generator)
    return Samples(pixels, torch.arange(count) % 3)


def good() -> Dataset:
    return Dataset(train=images(), test=images(6, seed=1), classes=("a", "b", "c"))


class Files:
    """Map-style, without a length, like images in files."""

    def __getitem__(self, index: int) -> Tensor:
        return torch.full((3, 8, 8), index, dtype=torch.uint8)


class Shift:
    """A good one: z - tau log pi, with a state."""

    needs: Any = frozenset()

    def __init__(self, *, class_prior: Tensor, tau: float = 1.0) -> None:
        self.prior, self.tau = class_prior, tau
        self.corrects_prior: Any = tau

    def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> Any:
        return {"tau": self.tau}

    def __call__(self, logits: Tensor, features: Tensor | None) -> Any:
        return logits - self.tau * self.prior.log().to(logits.dtype)

    def state_dict(self) -> Any:
        return {"prior": self.prior, "tau": self.tau}

    def load_state_dict(self, state: Any) -> None:
        self.prior, self.tau = state["prior"], state["tau"]


class Means:
    """Nearest mean of the training features, in float64; absent classes keep the row of the head."""

    needs = ("features", "train", "head")

    def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> None:
        assert train is not None and train.features is not None and head is not None and val.features is not None
        self.means = head.weight.detach().double()
        for label in train.targets.unique():
            self.means[label] = train.features[train.targets == label].mean(dim=0).double()

    def __call__(self, logits: Tensor, features: Tensor | None) -> Tensor:
        assert features is not None
        return -torch.cdist(features.double(), self.means)


class Temperature(nn.Module):
    """Tuned on validation; refuses to do without."""

    def __init__(self) -> None:
        super().__init__()
        self.log_temperature = nn.Parameter(torch.zeros(()))

    def fit(self, val: Outputs, *, train: Outputs | None, head: nn.Linear | None) -> dict[str, float]:
        if not len(val.targets):
            raise errors.OptionError("Expected validation rows to tune the temperature on, but there are none")
        assert val.features is None and train is None and head is None
        optimizer = torch.optim.LBFGS([self.log_temperature], max_iter=20)

        def loss() -> Any:
            optimizer.zero_grad()
            value = nn.functional.cross_entropy(self(val.logits, None), val.targets)
            value.backward()
            return value

        optimizer.step(loss)
        return {"temperature": float(self.log_temperature.detach().exp())}

    def forward(self, logits: Tensor, features: Tensor | None) -> Tensor:
        return logits / self.log_temperature.exp()
