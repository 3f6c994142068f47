"""The processes of one run: who is who, and how they agree."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from ranks import Ranks, on_ranks
from torch import nn

from imbalearn_torch.errors import ConfigError, DataError, ImbalearnError, OptionError, PeerError
from imbalearn_torch.training.precision import default_threads
from imbalearn_torch.training.runtime import ALONE, Runtime


@given(st.integers(0, 500), st.integers(1, 17))
def test_the_shares_are_contiguous_and_even_and_all_there_is(size: int, world_size: int) -> None:
    shares = [range(size)[Runtime(rank, world_size).part(size)] for rank in range(world_size)]
    assert [item for share in shares for item in share] == list(range(size))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_one_process_needs_nobody() -> None:
    module = nn.Linear(2, 2)
    assert Runtime.of_process() == ALONE
    assert ALONE.wrap(module) is module
    assert (ALONE.agree(7), ALONE.broadcast_object("x"), ALONE.on_main(lambda: 3), ALONE.keys) == (7, "x", 3, ())
    with ALONE.running(lambda: "first") as told, ALONE.all_or_none(), ALONE.one_by_one():
        ALONE.broadcast_buffers(module)
        ALONE.barrier()
    assert told == "first"
    assert not torch.distributed.is_initialized()


ENVIRONMENT = {"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}
ENVIRONMENT |= {"MASTER_ADDR": "localhost", "MASTER_PORT": "29500", "TORCHELASTIC_RUN_ID": "job-7"}


def test_torchrun_says_who_is_who(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**ENVIRONMENT, "TORCHELASTIC_RESTART_COUNT": "2"}.items():
        monkeypatch.setenv(name, value)
    runtime = Runtime.of_process()
    assert runtime == Runtime(3, 4, 1, 2, "job-7", 2)
    assert not runtime.is_main
    assert runtime.keys == (3,)
    assert runtime.command == ("torchrun", "--nnodes", "2", "--nproc-per-node", "2", "-m", "imbalearn_torch")
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "none")
    unnamed = Runtime.of_process().launch
    assert unnamed == Runtime.of_process().launch
    assert unnamed.startswith(f"{os.getppid()}-")
    monkeypatch.delenv("MASTER_PORT")  # a job scheduler's RANK alone starts nothing
    assert Runtime.of_process() == ALONE


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"RANK": "4"}, "got RANK=4, WORLD_SIZE=4"), ({"LOCAL_RANK": "-1"}, "LOCAL_RANK.*whole number, but got '-1'")],
)
def test_ranks_that_are_none(monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], message: str) -> None:
    for name, value in {**ENVIRONMENT, **changes}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OptionError, match=message):
        Runtime.of_process()


def test_the_cores_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imbalearn_torch.training.precision.processor_cores", lambda: 12)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert [default_threads(processes) for processes in (1, 5, 50)] == [12, 2, 1]
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert default_threads(3) == 4


def test_each_process_has_an_accelerator_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[int] = []
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 2)
    monkeypatch.setattr(torch.accelerator, "set_device_index", chosen.append)
    cuda = torch.device("cuda")
    assert Runtime(1, 2, 1, 2).device(cuda) == torch.device("cuda", 1)
    assert chosen == [1]
    assert Runtime(1, 2, 1, 2).device(torch.device("cpu")) == torch.device("cpu")
    assert ALONE.device(torch.device("cuda", 1)) == torch.device("cuda", 1)
    with pytest.raises(OptionError, match=r"take one each, got 'cuda:0'; use --device cuda"):
        Runtime(1, 2, 1, 2).device(torch.device("cuda", 0))
    with pytest.raises(OptionError, match="3 processes on this machine need a cuda each, but it has 2"):
        Runtime(0, 3, 0, 3).device(cuda)


def test_processes_sum_agree_and_tell() -> None:
    def work(rank: int) -> dict[str, Any]:
        runtime = Runtime.of_process()
        with runtime.running(lambda: f"first on {rank}") as told:
            summed = runtime.all_reduce(torch.tensor([rank, 10], dtype=torch.int64)).tolist()
            norm = nn.BatchNorm1d(1)
            norm.running_mean.fill_(rank + 5)
            runtime.broadcast_buffers(norm)
            with runtime.one_by_one():
                time.sleep(0.1 * (rank == 0))
                times = time.monotonic()  # of the machine, not of the process
            found = {"agreed": runtime.agree(15 * rank), "sent": runtime.broadcast_object({"from": rank})}
            found |= {"made": runtime.on_main(lambda: f"made on {rank}"), "mean": float(norm.running_mean)}
        return found | {"told": told, "summed": summed, "times": times}

    found = on_ranks(3, work)
    first, *others = [each.pop("times") for each in found]
    assert first < min(others)
    expected = {"agreed": 30, "sent": {"from": 0}, "made": "made on 0", "mean": 5.0, "told": "first on 0"}
    assert found == [expected | {"summed": [3, 30]}] * 3


def caught(block: Any) -> tuple[str, str, bool, int]:
    try:
        block()
    except ImbalearnError as error:
        return type(error).__name__, str(error), error.is_said, error.exit_code
    return "none", "", False, 0


def test_an_error_of_rank_0_is_everybodys_and_said_once() -> None:
    def work(rank: int) -> Any:
        def fail() -> None:
            raise ConfigError(["one", "two"])

        def start() -> None:
            with Runtime.of_process().running(fail):
                raise AssertionError

        return caught(start)

    assert on_ranks(2, work) == [("ConfigError", "one\ntwo", False, 2), ("ConfigError", "one\ntwo", True, 2)]


def test_nobody_goes_on_where_one_has_failed() -> None:
    def work(rank: int) -> Any:
        def block() -> None:
            with runtime.all_or_none():
                if rank == 1:
                    raise DataError("no such file")

        def same() -> None:
            with runtime.all_or_none():
                raise DataError("all alike")

        runtime = Runtime.of_process()
        with runtime.running(lambda: None):
            return caught(block), caught(same)

    one, other = "process 1 of this run cannot go on: no such file", "all alike"
    assert on_ranks(2, work) == [
        (("PeerError", one, False, 1), ("DataError", other, False, 2)),
        (("DataError", "no such file", False, 2), ("DataError", other, True, 2)),
    ]


def test_a_process_that_is_gone_ends_the_others() -> None:
    def work(rank: int) -> None:
        runtime = Runtime.of_process()
        with runtime.running(lambda: None):
            if rank == 1:
                os._exit(7)
            try:
                runtime.barrier()
            except RuntimeError as error:
                assert not isinstance(error, PeerError)
                raise

    started = time.monotonic()
    ranks = Ranks(2, work)
    assert ranks.exit_codes() == [1, 7]
    assert time.monotonic() - started < 60
    assert "PeerError: another process of this run is gone; what it or torchrun" in ranks.said(0)


def test_processes_that_are_started_again_do_not_look_for_the_dead_ones() -> None:
    """torchrun keeps its store, with the addresses of the first processes in it, when it starts them again."""

    def work(rank: int) -> None:
        runtime = Runtime.of_process()
        time.sleep(runtime.restarts * (rank == 0))  # the other one looks first
        with runtime.running(lambda: None):
            if not runtime.restarts:
                os._exit(1)

    store = torch.distributed.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    kept = {"MASTER_PORT": store.port, "TORCHELASTIC_USE_AGENT_STORE": True}
    for restarts, codes in ((0, [1, 1]), (1, [0, 0])):
        assert Ranks(2, work, restarts=restarts, environment=kept).exit_codes(30) == codes


def test_a_mistake_of_this_process_stays_what_it_is() -> None:
    def work(rank: int) -> str:
        try:
            with Runtime.of_process().running(lambda: None):
                raise RuntimeError("shapes do not match")
        except RuntimeError as error:
            return f"{type(error).__name__}: {error}"

    assert on_ranks(2, work) == ["RuntimeError: shapes do not match"] * 2
