"""Every built-in component, by name. Copy this file to start a plugin of your own: it is names and strings only."""

from collections.abc import Iterator

from imbalearn_torch import Component, hookimpl

IMBALEARN_PLUGIN_API = 1


@hookimpl
def imbalearn_samplers() -> Iterator[Component]:
    home = "imbalearn_builtins.samplers"
    yield Component(
        name="instance",
        factory=f"{home}.instance:InstanceSampler",
        summary="Every image once an epoch, in random order.",
    )
    yield Component(
        name="balanced",
        factory=f"{home}.balanced:BalancedSampler",
        summary="Every class equally often: class first, then an image of it.",
        reference="Kang 2020, arXiv:1910.09217",
        aliases=("class-balanced",),
    )
    yield Component(
        name="sqrt",
        factory=f"{home}.sqrt:SqrtSampler",
        summary="Classes in proportion to the square root of their counts.",
        reference="Mahajan 2018, arXiv:1805.00932",
    )
    yield Component(
        name="weighted",
        factory=f"{home}.weighted:WeightedSampler",
        summary="Classes in proportion to given weights.",
    )


@hookimpl
def imbalearn_mixes() -> Iterator[Component]:
    home = "imbalearn_builtins.mixing"
    yield Component(name="none", factory=f"{home}.none:NoMix", summary="Images as they are.")
    yield Component(
        name="mixup",
        factory=f"{home}.mixup:Mixup",
        summary="Convex combinations of two images and their labels.",
        reference="Zhang 2018, arXiv:1710.09412",
    )
    yield Component(
        name="cutmix",
        factory=f"{home}.cutmix:CutMix",
        summary="A box of one image pasted onto another, labels by area.",
        reference="Yun 2019, arXiv:1905.04899",
        neutral="prob=0",
    )


@hookimpl
def imbalearn_losses() -> Iterator[Component]:
    home = "imbalearn_builtins.losses"
    yield Component(
        name="ce",
        factory=f"{home}.ce:CrossEntropyLoss",
        summary="Cross-entropy.",
        aliases=("cross-entropy",),
    )
    yield Component(
        name="focal",
        factory=f"{home}.focal:FocalLoss",
        summary="Cross-entropy that fades for samples already well classified.",
        reference="Lin 2017, arXiv:1708.02002",
        neutral="gamma=0",
    )
    yield Component(
        name="balanced-softmax",
        factory=f"{home}.balanced_softmax:BalancedSoftmaxLoss",
        summary="Cross-entropy of logits shifted by the log prior.",
        reference="Ren 2020, arXiv:2007.10740",
    )
    yield Component(
        name="logit-adjusted",
        factory=f"{home}.logit_adjusted:LogitAdjustedLoss",
        summary="Cross-entropy of logits shifted by tau times the log prior.",
        reference="Menon 2021, arXiv:2007.07314",
        neutral="tau=0",
    )


@hookimpl
def imbalearn_weights() -> Iterator[Component]:
    home = "imbalearn_builtins.weights"
    yield Component(name="none", factory=f"{home}.none:NoWeights", summary="Weight 1 for every class.")
    yield Component(name="inverse", factory=f"{home}.inverse:InverseWeights", summary="Weight 1 / n_c.")
    yield Component(
        name="effective",
        factory=f"{home}.effective:EffectiveWeights",
        summary="Weight by the inverse effective number of samples.",
        reference="Cui 2019, arXiv:1901.05555",
        neutral="beta=0",
    )


@hookimpl
def imbalearn_backbones() -> Iterator[Component]:
    home = "imbalearn_builtins.backbones"
    yield Component(
        name="resnet20",
        factory=f"{home}.resnet20:ResNet20",
        summary="The CIFAR ResNet of 20 layers.",
        reference="He 2016, arXiv:1512.03385",
    )
    yield Component(
        name="plainnet20",
        factory=f"{home}.plainnet20:PlainNet20",
        summary="ResNet20 without its shortcuts.",
        reference="He 2016, arXiv:1512.03385",
    )
    yield Component(
        name="timm",
        factory=f"{home}.timm_model:timm_model",
        summary="Any model of timm, by name.",
        reference="Wightman 2019, github.com/huggingface/pytorch-image-models",
    )


@hookimpl
def imbalearn_datasets() -> Iterator[Component]:
    home = "imbalearn_builtins.datasets"
    yield Component(
        name="digits",
        factory=f"{home}.digits:digits",
        summary="1,797 handwritten digits of 8x8 pixels that scikit-learn ships.",
        reference="Alpaydin and Kaynak 1998, UCI, doi:10.24432/C50P49",
    )
    yield Component(
        name="cifar10",
        factory=f"{home}.cifar:cifar10",
        summary="CIFAR-10, downloaded by torchvision.",
        reference="Krizhevsky 2009, www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf",
    )
    yield Component(
        name="cifar100",
        factory=f"{home}.cifar:cifar100",
        summary="CIFAR-100, downloaded by torchvision.",
        reference="Krizhevsky 2009, www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf",
    )
    yield Component(name="folder", factory=f"{home}.folder:folder", summary="One folder of images a class.")
    yield Component(
        name="parquet",
        factory=f"{home}.parquet:parquet",
        summary="Parquet files as on the Hugging Face hub.",
    )
    yield Component(name="npz", factory=f"{home}.npz:npz", summary="Arrays in one .npz file.")


@hookimpl
def imbalearn_adjusters() -> Iterator[Component]:
    yield Component(
        name="logit-adjustment",
        factory="imbalearn_builtins.adjusters.logit_adjustment:LogitAdjustment",
        summary="Logits minus tau times the log prior that the predictor still carries.",
        reference="Menon 2021, arXiv:2007.07314",
        neutral="tau=0",
    )
