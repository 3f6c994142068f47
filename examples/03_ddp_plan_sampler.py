"""Any of our samplers with your own DataLoader and DistributedDataParallel, in two lines.

    torchrun --nproc-per-node 2 examples/03_ddp_plan_sampler.py

Without torchrun it is one process. Every process draws the same plan and takes its own share of it; the batches of all
processes together are one part of the plan after the other, whatever their number.
"""

import os

import torch
import torch.distributed as dist
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset

from imbalearn_torch import PlanSampler
from imbalearn_torch.samplers import BalancedSampler

CLASSES, EPOCHS, GLOBAL_BATCH = 10, 10, 64


def long_tailed_digits() -> TensorDataset:
    """100 images of the digit 0, fewer of every next one, 10 of the digit 9."""
    images, targets = (torch.tensor(each) for each in load_digits(return_X_y=True))
    kept = [
        (targets == label).nonzero().squeeze(1)[: round(100 * 0.1 ** (label / (CLASSES - 1)))]
        for label in range(CLASSES)
    ]
    chosen = torch.cat(kept)
    return TensorDataset(images[chosen].float() / 16, targets[chosen])


def train(data: TensorDataset) -> tuple[nn.Module, Tensor]:
    """The network, and how often each class was drawn by all processes."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, CLASSES))
    model = DistributedDataParallel(network)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)

    sampler = PlanSampler(BalancedSampler(targets=data.tensors[1], num_classes=CLASSES), seed=0)
    loader = DataLoader(data, batch_size=GLOBAL_BATCH // dist.get_world_size(), sampler=sampler, drop_last=True)

    drawn = torch.zeros(CLASSES, dtype=torch.int64)
    for epoch in range(EPOCHS):
        sampler.set_epoch(epoch)
        for images, labels in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
            drawn += torch.bincount(labels, minlength=CLASSES)
    dist.all_reduce(drawn)
    return network.eval(), drawn


def main() -> None:
    for name, value in {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "localhost", "MASTER_PORT": "29511"}.items():
        os.environ.setdefault(name, value)
    dist.init_process_group("gloo")
    data = long_tailed_digits()
    network, drawn = train(data)
    if dist.get_rank() == 0:
        right = (network(data.tensors[0]).argmax(1) == data.tensors[1]).double().mean()
        print(f"{dist.get_world_size()} processes drew {drawn.tolist()}: training accuracy {right:.3f}")
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
