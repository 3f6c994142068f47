"""Editing with ever more neighbours."""

from __future__ import annotations

from typing import Any, Literal

from imbalearn_imblearn.repeated_editing import RepeatedEditing

__all__ = ["AllKNN"]


class AllKNN(RepeatedEditing):
    """Repeats `edited-nearest-neighbours` with 1, 2, ... neighbours, up to the number asked for.

    Nothing is random. A class of which nothing would be left keeps all its samples.

    Shapes: inputs uint8 `[N, C, H, W]` or float32 `[N, D]`, targets `[N]`; samples are returned as they are.

    Args:
        strategy: Classes from which samples may be taken (`auto` is `not-minority`).
        n_neighbors: Nearest neighbours to look at in the last round.
        kind: A sample stays where `all` its neighbours are of its class, or where the most frequent class (`mode`) is.
        allow_minority: Go on where a class gets smaller than the smallest one was.

    Raises:
        OptionError: `n_neighbors` is below 1.

    References:
        [1] Tomek. An Experiment with the Edited Nearest-Neighbor Rule. IEEE Transactions on Systems, Man, and
            Cybernetics 1976, doi:10.1109/TSMC.1976.4309523.
    """

    name = "all-knn"

    def __init__(
        self,
        *,
        strategy: Literal["auto", "majority", "not-minority", "not-majority", "all"] = "auto",
        n_neighbors: int = 3,
        kind: Literal["all", "mode"] = "all",
        allow_minority: bool = False,
    ) -> None:
        super().__init__(strategy=strategy, n_neighbors=n_neighbors, kind=kind)
        self.allow_minority = allow_minority

    def editing(self, neighbours: int) -> Any:
        from imblearn.under_sampling import AllKNN as Method

        return Method(
            sampling_strategy=self.strategy,
            n_neighbors=neighbours,
            kind_sel=self.kind,
            allow_minority=self.allow_minority,
        )
