"""Workers that are lost: beside this process, and in a cluster of dask or ray."""

from __future__ import annotations

import importlib.util
import os
import signal
from pathlib import Path

import pytest
from joblib.externals.loky import get_reusable_executor
from tiny_runs import TINY

from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.carry_out import ComparisonObserver, carry_out
from imbalearn_torch.experiments.compare import Plan, plan_comparison
from imbalearn_torch.experiments.grid import expand
from imbalearn_torch.experiments.pool import BACKENDS, Pool, do_tasks
from imbalearn_torch.experiments.signals import StopRequest
from imbalearn_torch.experiments.task import Outcome
from imbalearn_torch.plugin.registry import registry

DEADLY = """
import os
from math import prod
from pathlib import Path
from imbalearn_torch import Component, hookimpl

def deadly(*, num_classes, input_shape, times: int = 1, batch: int = 12):
    from torch import nn
    network, batches = nn.Sequential(nn.Flatten(), nn.Linear(prod(input_shape), num_classes)), []
    died = Path(__file__).with_name("died")
    def die(module, arguments):
        batches.append(len(arguments[0]))
        # By default in the second epoch, after the first checkpoint; in a worker only.
        if module.training and batches.count(14) == batch and os.getpid() != int(os.environ["TEST_PARENT"]):
            deaths = len(died.read_text()) if died.exists() else 0
            if deaths < times:
                died.write_text("x" * (deaths + 1))
                os._exit(9)
    network.register_forward_pre_hook(die)
    return network

@hookimpl
def imbalearn_backbones():
    yield Component(name="deadly", factory=deadly)
"""


class Watcher(ComparisonObserver):
    def __init__(self) -> None:
        self.seen: dict[str, Outcome] = {}
        self.answers: list[object] = []

    def on_run(self, outcome: Outcome) -> None:
        self.seen[outcome.folder.name] = outcome
        self.answers.append(getattr(signal.getsignal(signal.SIGTERM), "__self__", None))


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEST_PARENT", str(os.getpid()))
    # joblib keeps workers that other tests have started, and they do not know this variable.
    get_reusable_executor().shutdown(wait=True)
    file = tmp_path / f"{tmp_path.name}.py"  # one process never loads two files of one name
    file.write_text(DEADLY, encoding="utf-8")
    return file


def plan(plugin: Path, backbones: list[str], **pool: object) -> Plan:
    given = {**{name: [value] for name, value in TINY.items()}, "backbone": backbones}
    out = plugin.parent / "it"
    return plan_comparison(expand(given), seeds=1, pool=pool, out=out, known=registry([plugin]))


def epochs_in_log(folder: Path) -> list[str]:
    lines = (folder / "log.txt").read_text(encoding="utf-8").splitlines()
    return [word for line in lines for word in line.split() if word in ("1/2", "2/2")]


def test_a_run_whose_worker_dies_is_gone_on_with(plugin: Path) -> None:
    watcher = Watcher()
    done = carry_out(plan(plugin, ["deadly", "deadly:times=0"], jobs=2), observer=watcher)
    assert [row["failed"] for row in done.rows] == [[], []]
    assert (plugin.parent / "died").read_text() == "x"
    assert len(watcher.seen) == 2
    # From the checkpoint of the first epoch, to the same figures as without the accident.
    assert epochs_in_log(Path(done.rows[0]["folders"][0])) == ["1/2", "2/2"]
    assert done.rows[1]["difference"]["macro_f1"]["mean"] == 0


def test_a_run_that_always_kills_its_worker_fails_alone(plugin: Path) -> None:
    done = carry_out(plan(plugin, ["deadly:times=99,batch=4", "deadly:times=0"], jobs=2))
    assert [len(row["failed"]) for row in done.rows] == [1, 0]
    assert "failed again and again: TerminatedWorkerError" in done.rows[0]["failed"][0]["reason"]
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"jobs": 0}, "--jobs expects at least 1, got 0"),
        ({"backend": "slurm"}, "--backend expects one of loky, sequential, dask, ray, got 'slurm'"),
        ({"scheduler": "tcp://x:1"}, "--scheduler is for --backend dask and ray, not for loky"),
        ({"backend": "dask"}, "--backend dask needs --scheduler, such as tcp://"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Pool(**options)  # pyright: ignore[reportArgumentType]


def test_a_cluster_that_is_not_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError) as raised:
        Pool(backend="ray")
    assert raised.value.problems == ("--backend ray needs the package 'ray': pip install 'imbalearn-torch[ray]'",)


def test_a_folder_of_that_name_is_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_folder").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(BACKENDS, "ray", ("a_folder", "ray"))
    with pytest.raises(ConfigError, match="needs the package 'a_folder'"):
        Pool(backend="ray")


@pytest.mark.filterwarnings("default")
def test_a_dask_cluster_that_loses_a_worker(plugin: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(plugin.parent / "dask")
    ) as cluster:
        # os._exit takes the whole worker with it, as a machine that goes down does.
        pool = {"backend": "dask", "scheduler": cluster.scheduler_address}
        done = carry_out(plan(plugin, ["deadly", "deadly:times=0"], **pool))
    assert (plugin.parent / "died").read_text() == "x"
    assert [row["failed"] for row in done.rows] == [[], []]
    assert done.rows[1]["difference"]["macro_f1"]["mean"] == 0
    assert epochs_in_log(Path(done.rows[0]["folders"][0])) == ["1/2", "2/2"]


@pytest.mark.filterwarnings("default")
def test_a_scheduler_that_does_not_answer_is_one_sentence(plugin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    monkeypatch.setattr("imbalearn_torch.experiments.pool._CONNECT", 1)
    unreachable = plan(plugin, ["deadly"], backend="dask", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(ConfigError, match=r"no dask scheduler answers at tcp://127\.0\.0\.1:9"):
        carry_out(unreachable)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("times", [0, 1])
def test_a_ray_cluster_does_the_runs_and_leaves_sigterm_to_us(
    times: int, plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    monkeypatch.setenv("RAY_worker_niceness", "0")  # 15 otherwise, with which they would wait on a busy machine
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    watcher = Watcher()
    try:
        done = carry_out(
            plan(plugin, [f"deadly:times={times}", "deadly:times=0,batch=4"], backend="ray"), observer=watcher
        )
    finally:
        ray.shutdown()
    assert (plugin.parent / "died").exists() == bool(times)
    # Ray's own answer would end this process before the runs have written where they stand.
    assert all(isinstance(each, StopRequest) for each in watcher.answers)
    assert len(watcher.answers) == 2
    assert [row["failed"] for row in done.rows] == [[], []]
    assert done.rows[1]["difference"]["macro_f1"]["mean"] == 0  # they differ in an option that changes nothing
    assert epochs_in_log(Path(done.rows[0]["folders"][0])) == ["1/2", "2/2"]


@pytest.mark.parametrize("pool", [Pool(backend="sequential"), Pool(jobs=2)])
def test_nobody_is_asked_to_do_nothing(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imbalearn_torch.experiments.pool._executor", lambda _: pytest.fail("somebody was asked"))
    do_tasks([], pool, lambda _: None, lambda: False)
