"""What a new package says of its kind: one small method each, none of them a built-in."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["STARTERS", "Starter"]


@dataclass(frozen=True, kw_only=True)
class Starter:
    """The method that a new package of one kind begins with.

    Args:
        flag: The option of `imbalearn run` that names a component of this kind.
        noun: The last word of the factory's name; "" for a function.
        summary: One line.
        option: An option with a value that is not its default.
        neutral: Options under which the method does nothing; "" where there are none.
    """

    flag: str
    noun: str
    summary: str
    option: str
    neutral: str = ""

    def factory(self, name: str) -> str:
        """What a component's class or function is called: "my-loss" -> "MyLoss", "tensor" -> "TensorLoss"."""
        if not self.noun:
            return f"load_{name.replace('-', '_')}"
        words = "".join(word.capitalize() for word in name.split("-"))
        return words if name.endswith(self.noun.lower()) else words + self.noun


STARTERS = {
    "sampler": Starter(
        flag="--sampler",
        noun="Sampler",
        summary="Classes in proportion to a power of their counts.",
        option="q=0.2",
    ),
    "mix": Starter(
        flag="--mix",
        noun="Mix",
        summary="Adds a little of a second image and of its label.",
        option="strength=0.3",
        neutral="strength=0",
    ),
    "loss": Starter(
        flag="--loss",
        noun="Loss",
        summary="Cross-entropy with a penalty on confident predictions.",
        option="beta=0.3",
        neutral="beta=0",
    ),
    "weights": Starter(
        flag="--weights",
        noun="Weights",
        summary="Class weights that fall with a power of the counts.",
        option="power=1.0",
        neutral="power=0",
    ),
    "backbone": Starter(
        flag="--backbone",
        noun="Net",
        summary="Three convolutions for images of any size.",
        option="width=16",
    ),
    "dataset": Starter(
        flag="--data",
        noun="",
        summary="Four classes of 8x8 images with one bright corner each.",
        option="noise=1.0",
    ),
    "adjuster": Starter(
        flag="--adjust",
        noun="Adjuster",
        summary="Removes as much of the class prior as pays on the validation part.",
        option="max_tau=1.5",
        neutral="max_tau=0",
    ),
}
