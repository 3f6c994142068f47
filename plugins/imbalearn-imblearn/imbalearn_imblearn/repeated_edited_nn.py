"""Editing again and again."""

from __future__ import annotations

from typing import Any, Literal

from imbalearn_imblearn.checks import at_least
from imbalearn_imblearn.repeated_editing import RepeatedEditing

__all__ = ["RepeatedEditedNN"]


class RepeatedEditedNN(RepeatedEditing):
    """Repeats `edited-nearest-neighbours` until nothing changes or a class gets smaller than the smallest one was.

    Nothing is random. A class of which nothing would be left keeps all its samples.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; samples are returned as they are.

    Args:
        strategy: Classes from which samples may be taken (`auto` is `not-minority`).
        n_neighbors: Nearest neighbours to look at.
        max_iter: Most repetitions.
        kind: A sample stays where `all` its neighbours are of its class, or where the most frequent class (`mode`) is.

    Raises:
        OptionError: `n_neighbors` or `max_iter` is below 1.

    References:
        [1] Tomek. An Experiment with the Edited Nearest-Neighbor Rule. IEEE Transactions on Systems, Man, and
            Cybernetics 1976, doi:10.1109/TSMC.1976.4309523.
    """

    name = "repeated-edited-nn"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "majority", "not-minority", "not-majority", "all"] = "auto",
        n_neighbors: int = 3,
        max_iter: int = 100,
        kind: Literal["all", "mode"] = "all",
    ) -> None:
        super().__init__(strategy=strategy, n_neighbors=n_neighbors, kind=kind)
        self.max_iter = at_least("max_iter", max_iter, 1)

    def editing(self, neighbours: int) -> Any:
        from imblearn.under_sampling import RepeatedEditedNearestNeighbours

        return RepeatedEditedNearestNeighbours(
            sampling_strategy=self.strategy,
            n_neighbors=neighbours,
            max_iter=self.max_iter,
            kind_sel=self.kind,
        )
