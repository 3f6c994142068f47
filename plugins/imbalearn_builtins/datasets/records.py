"""The data sets as records: names and strings only, so that listing them imports nothing."""

from __future__ import annotations

from imbalearn_torch import Component

__all__ = ["DATASETS"]

_HOME = "imbalearn_builtins.datasets"

DATASETS = (
    Component(
        name="digits",
        factory=f"{_HOME}.digits:digits",
        summary="1,797 handwritten digits of 8x8 pixels that scikit-learn ships.",
        reference="Alpaydin and Kaynak 1998, UCI, doi:10.24432/C50P49",
    ),
    Component(
        name="cifar10",
        factory=f"{_HOME}.cifar:cifar10",
        summary="CIFAR-10, downloaded by torchvision.",
        reference="Krizhevsky 2009, www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf",
    ),
    Component(
        name="cifar100",
        factory=f"{_HOME}.cifar:cifar100",
        summary="CIFAR-100, downloaded by torchvision.",
        reference="Krizhevsky 2009, www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf",
    ),
    Component(name="folder", factory=f"{_HOME}.folder:folder", summary="One folder of images a class."),
    Component(
        name="parquet",
        factory=f"{_HOME}.parquet:parquet",
        summary="Parquet files as on the Hugging Face hub.",
    ),
    Component(name="npz", factory=f"{_HOME}.npz:npz", summary="Arrays in one .npz file."),
    Component(
        name="list",
        factory=f"{_HOME}.lists:image_list",
        summary="Text files of image files and labels, as ImageNet-LT is published.",
        reference="Liu 2019, arXiv:1904.05160",
    ),
    Component(
        name="csv",
        factory=f"{_HOME}.csv_list:csv_list",
        summary="A CSV file of image files and class names.",
    ),
)
