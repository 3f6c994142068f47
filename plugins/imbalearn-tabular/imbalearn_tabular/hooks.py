"""What this package offers, by name. Names and strings only: listing it imports neither torch nor pandas."""

from collections.abc import Iterator

from imbalearn_torch import Component, hookimpl

IMBALEARN_PLUGIN_API = 1


@hookimpl
def imbalearn_datasets() -> Iterator[Component]:
    yield Component(
        name="table",
        factory="imbalearn_tabular.table:table",
        summary="Rows of a CSV, Parquet or NPZ file, numeric and categorical columns.",
        reference="McKinney 2010, doi:10.25080/Majora-92bf1922-00a",
    )


@hookimpl
def imbalearn_backbones() -> Iterator[Component]:
    yield Component(
        name="mlp",
        factory="imbalearn_tabular.mlp:MLP",
        summary="A multilayer perceptron for tables; images are flattened.",
        reference="Rumelhart 1986, doi:10.1038/323533a0",
    )
