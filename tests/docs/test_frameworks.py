"""docs/frameworks.md is true: its snippets train on the epoch plan, and the frameworks do what the page says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import torch
from markdown_blocks import code_blocks, run_block
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data._utils.fetch import _MapDatasetFetcher

from imbalearn_torch import PlanSampler
from imbalearn_torch.samplers import SqrtSampler
from imbalearn_torch.training.step import LossStep

PAGE = Path(__file__).resolve().parents[2] / "docs" / "frameworks.md"
BATCH = 10
SIZE = 100
TARGETS = torch.tensor([0] * 90 + [1] * 10)
SNIPPETS = {"torch": "pair_loss", "lightning": "L.Trainer", "transformers": "Arguments", "accelerate": "Accelerator("}
SHORT = {"num_train_epochs": 2, "use_cpu": True}
QUIET = dict.fromkeys(["logger", "enable_progress_bar", "enable_model_summary", "enable_checkpointing"], False)


def needs(framework: str) -> Any:
    return pytest.importorskip(framework, reason=f"{framework} is not installed (extra: frameworks)")


def run_snippet(framework: str, old: str = "", new: str = "") -> dict[str, Any]:
    """What the snippet of one framework leaves behind."""
    needs(framework)
    (block,) = [block for block in code_blocks(PAGE, "python") if SNIPPETS[framework] in block.text]
    assert old in block.text
    return run_block(block._replace(text=block.text.replace(old, new)), PAGE)


def plan_of(rank: int = 0, world_size: int = 1, deferred: bool = False) -> PlanSampler:
    sampler = SqrtSampler(targets=TARGETS, epochs=2, start=0.5 if deferred else 0.0)
    return PlanSampler(sampler, seed=0, rank=rank, world_size=world_size)


def planned(epoch: int, deferred: bool = False) -> Tensor:
    """The plan of one epoch that the snippets are to train on, in batches."""
    plan = plan_of(deferred=deferred)
    plan.set_epoch(epoch)
    return plan.plan().view(-1, BATCH)


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An own folder; variables of the environment that a framework sets do not outlive the test."""
    monkeypatch.chdir(tmp_path)
    with patch.dict(os.environ):
        yield


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Every batch of indices that a DataLoader of this process fetches from its data set."""
    batches: list[list[int]] = []
    fetch = _MapDatasetFetcher.fetch

    def recording(self: Any, indices: list[int]) -> Any:
        batches.append(list(indices))
        return fetch(self, indices)

    monkeypatch.setattr(_MapDatasetFetcher, "fetch", recording)
    return batches


@pytest.fixture
def fresh_accelerate() -> Iterator[None]:
    """accelerate keeps its state in class attributes."""
    state = needs("accelerate").state
    yield
    state.AcceleratorState._reset_state(reset_partial_state=True)
    state.GradientState._reset_state()


def same(batches: Any, expected: Tensor) -> bool:
    return torch.equal(torch.tensor(batches), expected)


def multiset(indices: Any) -> list[int]:
    return sorted(torch.as_tensor(indices).flatten().tolist())


def test_every_snippet_is_run_here_and_short() -> None:
    blocks = code_blocks(PAGE, "python")
    found = [[word for word in SNIPPETS.values() if word in block.text] for block in blocks]
    assert found == [[word] for word in SNIPPETS.values()]
    assert max(len(block.text.splitlines()) for block in blocks) < 45


def test_ranks_share_the_plan_batch_by_batch() -> None:
    shares = torch.stack([plan_of(rank, 2).plan().view(-1, BATCH) for rank in range(2)])  # [W, SIZE / (W B), B]
    parts = planned(0).view(-1, 2 * BATCH)
    assert [multiset(part) for part in shares.unbind(1)] == [multiset(part) for part in parts]


def test_parts_agree_with_the_engine() -> None:
    left = run_snippet("torch")
    assert left["drawn"].tolist() == pytest.approx([0.75, 0.25])  # sqrt 90 : sqrt 10 = 3 : 1
    assert left["corrects"].log_prior.exp().tolist() == pytest.approx([0.75, 0.25])
    assert left["weights"].tolist() == pytest.approx([0.5, 1.5])  # 1 / 0.75 : 1 / 0.25, summing to 2
    logits, mixed = torch.randn(4, 2), left["mixed"]
    total, norm = LossStep(left["plain"], "focal")(logits, None, mixed, True, left["weights"])
    assert torch.allclose(left["pair_loss"](left["plain"], logits, mixed, left["weights"]), total / norm)
    lam, a, b = (mixed.lam, *(left["corrects"](logits, labels) for labels in (mixed.targets_a, mixed.targets_b)))
    without = left["pair_loss"](left["corrects"], logits, mixed, torch.ones(2))
    assert torch.allclose(without, (lam * a + (1 - lam) * b).mean())


# Lightning asks torch's pytree in a way that torch deprecates; and it misses the callback that wrote a checkpoint.
@pytest.mark.filterwarnings("ignore:.*isinstance.treespec, LeafSpec.* is deprecated:FutureWarning")
@pytest.mark.filterwarnings("ignore:Be aware that when using `ckpt_path`, callbacks used to create:UserWarning")
class TestLightning:
    @staticmethod
    def fitted(net: Any, epochs: int, checkpoint: str | Path | None = None, **options: Any) -> Any:
        trainer = needs("lightning").Trainer(max_epochs=epochs, accelerator="cpu", **{**QUIET, **options})
        trainer.fit(net, ckpt_path=checkpoint)
        return trainer

    def test_trains_on_the_plan_with_the_drawn_prior(self, seen: list[list[int]]) -> None:
        trainer = run_snippet("lightning")["trainer"]
        assert same(seen, torch.cat([planned(0, deferred=True), planned(1, deferred=True)]))
        assert isinstance(trainer.train_dataloader.sampler, PlanSampler)
        # Epoch 0 draws 9 : 1, epoch 1 the square roots.
        assert trainer.lightning_module.loss.log_prior.exp().tolist() == pytest.approx([0.75, 0.25])
        assert "loss.log_prior" in trainer.lightning_module.state_dict()

    # Of Lightning about one worker on many cores; of Python 3.12 about a fork beside the threads of torch.
    @pytest.mark.filterwarnings("ignore:The 'train_dataloader' does not have many workers")
    @pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
    @pytest.mark.parametrize("told", [True, False])
    def test_a_resumed_run_draws_the_next_plan(self, told: bool) -> None:
        line = "plan.set_epoch(self.trainer.fit_loop.epoch_progress.current.processed)"
        left = run_snippet("lightning", line, line if told else "pass")
        drawn: list[Tensor] = []

        class Recorded(left["Net"]):
            def train_dataloader(self) -> DataLoader:
                loader = super().train_dataloader()
                data = TensorDataset(*left["data"].tensors, torch.arange(SIZE))
                return DataLoader(data, batch_size=BATCH, sampler=loader.sampler, drop_last=True, num_workers=1)

            def training_step(self, batch: list[Tensor], step: int) -> Tensor:
                drawn.append(batch[2])
                return super().training_step(batch[:2], step)

        (checkpoint,) = Path("checkpoints").glob("*.ckpt")
        self.fitted(Recorded(), 3, checkpoint)
        # Without the line the worker has read ahead before Lightning says which epoch it is.
        assert same(torch.stack(drawn).tolist(), planned(2 if told else 0, deferred=True))

    @pytest.mark.filterwarnings("ignore:You're resuming from a checkpoint that ended before")  # as is shown here
    def test_inside_an_epoch_the_plan_begins_again(self, seen: list[list[int]]) -> None:
        net = run_snippet("lightning")["Net"]
        callbacks = needs("lightning.pytorch.callbacks")
        saving = callbacks.ModelCheckpoint("inside", every_n_train_steps=14, filename="{step}")
        self.fitted(net(), 2, callbacks=[saving], enable_checkpointing=True)
        seen.clear()
        self.fitted(net(), 2, "inside/step=14.ckpt")
        assert same(seen, planned(1, deferred=True)[:6])

    @pytest.mark.parametrize("replaces", [True, False])
    def test_a_distributed_strategy_wraps_the_sampler_if_allowed(self, replaces: bool) -> None:
        wrapper = needs("lightning.fabric.utilities.distributed").DistributedSamplerWrapper
        net = run_snippet("lightning")["Net"]
        try:
            trainer = self.fitted(net(), 1, strategy="ddp", devices=1, use_distributed_sampler=replaces)
        finally:
            torch.distributed.destroy_process_group()
        assert type(trainer.train_dataloader.sampler) is (wrapper if replaces else PlanSampler)

    def test_what_the_wrapper_makes_of_two_ranks(self) -> None:
        wrapper = needs("lightning.fabric.utilities.distributed").DistributedSamplerWrapper
        shares = [wrapper(plan_of(rank, 2), num_replicas=2, rank=rank, shuffle=True) for rank in range(2)]
        assert [len(list(share)) for share in shares] == [SIZE // 4, SIZE // 4]
        whole = [list(wrapper(plan_of(), num_replicas=2, rank=rank, shuffle=True)) for rank in range(2)]
        assert multiset(whole) == multiset(planned(0))
        assert not same(whole, planned(0).flatten().view(-1, 2).T)


@pytest.mark.usefixtures("fresh_accelerate")
class TestTrainer:
    def test_trains_on_the_plan(self, seen: list[list[int]]) -> None:
        run_snippet("transformers")
        assert same(seen, torch.cat([planned(0), planned(1)]))

    def test_resumes_inside_an_epoch_and_evaluates_unmixed(self, seen: list[list[int]]) -> None:
        left = run_snippet("transformers")
        args = left["TrainingArguments"](**SHORT, per_device_train_batch_size=BATCH, save_steps=14)
        parts = {"args": args, "train_dataset": left["data"], "callbacks": [left["FollowEpoch"]()]}
        left["PlanTrainer"](left["Network"](4, 2), **parts).train()
        seen.clear()
        resumed = left["PlanTrainer"](left["Network"](4, 2), **parts)
        resumed.train(resume_from_checkpoint="trainer_output/checkpoint-14")
        assert same(seen, planned(1)[4:])
        images = torch.stack([row["images"] for row in left["data"]])
        with torch.no_grad():
            expected = left["loss"](resumed.model(images)["logits"], TARGETS).mean()
        assert resumed.evaluate(left["data"])["eval_loss"] == pytest.approx(expected.item(), rel=1e-5)

    @pytest.mark.parametrize("scaled, gradient", [(False, 1.0), (None, 4.0)])
    def test_gradient_accumulation_needs_the_attribute(self, scaled: bool | None, gradient: float) -> None:
        transformers = needs("transformers")

        class Scaled(torch.nn.Linear):
            def forward(self, input: Tensor, **kwargs: Any) -> Tensor:  # noqa: A002
                return super().forward(input)

        class Mean(transformers.Trainer):
            loss_is_scaled_for_ga = scaled

            def compute_loss(self, model: Any, inputs: Any, **kwargs: Any) -> Tensor:
                return model(inputs["input"]).mean()

        descent = {"optim": "sgd", "learning_rate": 1.0, "lr_scheduler_type": "constant", "max_grad_norm": 0}
        batches = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 4}
        data = [{"input": torch.ones(1), "label": 0}] * 8
        model = Scaled(1, 1, bias=False)
        before = model.weight.item()
        Mean(model, transformers.TrainingArguments(**SHORT, **descent, **batches), train_dataset=data).train()
        # The loss is the weight itself, so each of the two steps moves it by 1.
        assert before - model.weight.item() == pytest.approx(2 * gradient)


@pytest.mark.usefixtures("fresh_accelerate")
class TestAccelerate:
    @staticmethod
    def shards(plans: list[PlanSampler], size: int = BATCH, drop_last: bool = True, **options: Any) -> list[Any]:
        """The loaders of all ranks, one a plan, as `Accelerator.prepare` makes them there."""
        prepare = needs("accelerate.data_loader").prepare_data_loader
        data = TensorDataset(torch.arange(SIZE))
        loaders = [DataLoader(data, batch_size=size, sampler=plan, drop_last=drop_last) for plan in plans]
        return [prepare(each, num_processes=2, process_index=rank, **options) for rank, each in enumerate(loaders)]

    @staticmethod
    def dealt(loaders: list[Any]) -> Tensor:
        """What one iteration gives: the first batches of all ranks, the second ones, ..."""
        ranks = [torch.stack([indices for (indices,) in loader]) for loader in loaders]
        return torch.stack(ranks, dim=1).flatten(0, 1)

    def test_trains_on_the_plan_and_resumes(self, seen: list[list[int]]) -> None:
        run_snippet("accelerate")
        assert same(seen, torch.cat([planned(0), planned(1)]))
        seen.clear()
        run_snippet("accelerate", "EPOCHS, STATE = 2", "EPOCHS, STATE = 3")
        assert same(seen, planned(2))

    @pytest.mark.parametrize("split, seedable", [(False, False), (False, True), (True, True)])
    def test_shards_are_the_plan(self, split: bool, seedable: bool) -> None:
        size = 2 * BATCH if split else BATCH
        loaders = self.shards([plan_of(), plan_of()], size, split_batches=split, use_seedable_sampler=seedable)
        assert torch.equal(self.dealt(loaders), planned(0))
        assert torch.equal(self.dealt(loaders), planned(1))

    def test_a_share_is_dealt_out_again(self) -> None:
        shares = self.shards([plan_of(rank, 2) for rank in range(2)])
        assert self.dealt(shares).numel() == 4 * BATCH  # of 5 batches a rank has, 2 rounds of 2 are full

    def test_the_last_round_is_filled_with_the_first_indices(self) -> None:
        plan = planned(0).flatten()
        filled = self.dealt(self.shards([plan_of(), plan_of()], 40, drop_last=False))
        assert torch.equal(filled.flatten(), torch.cat([plan, plan[: 160 - SIZE]]))
        assert torch.equal(self.dealt(self.shards([plan_of(), plan_of()], 40)).flatten(), plan[:80])

    def test_the_loader_says_the_epoch(self) -> None:
        plans = [plan_of(), plan_of()]
        loaders = self.shards(plans)
        for plan in plans:
            plan.set_epoch(5)
        assert torch.equal(self.dealt(loaders), planned(0))
        for loader in loaders:
            next(iter(loader))
        assert torch.equal(self.dealt(loaders), planned(1))  # the iteration that was left is not counted
        for loader in loaders:
            loader.set_epoch(5)
        assert torch.equal(self.dealt(loaders), planned(5))

    @pytest.mark.parametrize("told, epoch", [("loader", 1), ("plan", 1), ("nobody", 0)])
    def test_skipping_keeps_an_epoch_that_was_set_before(self, told: str, epoch: int) -> None:
        plans = [plan_of(), plan_of()]
        loaders = self.shards(plans)
        # "loader" as the page says for accelerate, "plan" as the callback of the Trainer's snippet does.
        for each in {"loader": loaders, "plan": plans, "nobody": []}[told]:
            each.set_epoch(1)
        skipped = [needs("accelerate").skip_first_batches(loader, 2) for loader in loaders]
        for loader in skipped:
            loader.set_epoch(1)  # what the Trainer does; it does not get through
        assert torch.equal(self.dealt(skipped), planned(epoch)[4:])
