"""The parts in a training loop of your own: our sampler, mix and loss, everything else plain torch.

Ten classes of digits, thinned to a long tail of 100 to 10 images. The square-root sampler evens out half of the
imbalance and the loss the other half: it is told the distribution that the sampler draws. Told the training counts it
would correct the sampler's half twice. Takes a few seconds on a CPU.
"""

import torch
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

from imbalearn_torch import PlanSampler, labels_of
from imbalearn_torch.losses import BalancedSoftmaxLoss
from imbalearn_torch.mixing import Batch, Mixup
from imbalearn_torch.samplers import SqrtSampler

CLASSES, EPOCHS, BATCH = 10, 40, 32


def long_tailed_digits() -> tuple[Subset, Subset]:
    """A training part of 100 to 10 images a class, and 50 other images of every class to test on."""
    images, targets = load_digits(return_X_y=True)
    data = TensorDataset(torch.tensor(images, dtype=torch.float32) / 16, torch.tensor(targets))
    generator = torch.Generator().manual_seed(0)
    train, test = [], []
    for label in range(CLASSES):
        found = (data.tensors[1] == label).nonzero().squeeze(1)
        found = found[torch.randperm(len(found), generator=generator)].tolist()
        test += found[:50]
        train += found[50 : 50 + round(100 * 0.1 ** (label / (CLASSES - 1)))]
    return Subset(data, train), Subset(data, test)


def train(data: Subset) -> nn.Module:
    torch.manual_seed(0)
    targets = labels_of(data)
    sampler = SqrtSampler(targets=targets, num_classes=CLASSES)
    plan = PlanSampler(sampler, seed=0)  # under torchrun every process takes its own share
    loader = DataLoader(data, batch_size=BATCH, sampler=plan, drop_last=True)
    mix = Mixup(alpha=0.2)
    loss = BalancedSoftmaxLoss(class_prior=sampler.class_distribution(0), reduction="none")
    network = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, CLASSES))
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    generator = torch.Generator().manual_seed(0)
    for epoch in range(EPOCHS):
        plan.set_epoch(epoch)
        for images, labels in loader:
            other = torch.randperm(len(labels), generator=generator)
            mixed = mix(Batch(images, labels), Batch(images[other], labels[other]), generator)
            logits = network(mixed.images)
            each = mixed.lam * loss(logits, mixed.targets_a) + (1 - mixed.lam) * loss(logits, mixed.targets_b)
            optimizer.zero_grad()
            each.mean().backward()
            optimizer.step()
    return network.eval()


def main() -> None:
    torch.set_num_threads(1)  # a network this small gains nothing from more
    training, held_out = long_tailed_digits()
    print("training images:", torch.bincount(labels_of(training)).tolist())
    network = train(training)
    images, targets = (torch.stack(column) for column in zip(*held_out, strict=True))
    with torch.no_grad():
        predicted = network(images).argmax(dim=1)
    confusion = torch.from_numpy(confusion_matrix(targets, predicted))
    recall = confusion.diagonal() / confusion.sum(dim=1)
    print("recall:", " ".join(f"{share:.2f}" for share in recall))
    print(f"balanced accuracy: {recall.mean():.3f}")


if __name__ == "__main__":
    main()
