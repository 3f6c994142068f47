"""Do the runs of a comparison: in this process, in processes beside it by joblib, or on other machines."""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from imbalearn_torch.errors import ConfigError
from imbalearn_torch.experiments.observer import logger
from imbalearn_torch.experiments.task import Outcome, Task, do_task

__all__ = ["BACKENDS", "Pool", "do_tasks"]

# back end -> what must be installed, and the extra that brings it
BACKENDS: dict[str, tuple[str, str]] = {
    "loky": ("joblib", ""),
    "sequential": ("joblib", ""),
    "dask": ("distributed", "dask"),
    "ray": ("ray", "ray"),
}
_CONNECT, _WAIT = 20, 60  # seconds for the scheduler of a cluster to answer, and for its first worker

RunAll = Callable[[list[Task]], Iterable[Outcome]]


@dataclass(frozen=True)
class Pool:
    """Where runs are done.

    Args:
        jobs: How many at a time; a cluster decides that itself.
        backend: One of `BACKENDS`.
        scheduler: Of a cluster: `tcp://host:8786` for dask, `auto` or `host:6379` for ray.

    Raises:
        ConfigError: What is wrong with it, all together.
    """

    jobs: int = 1
    backend: str = "loky"
    scheduler: str | None = None

    def __post_init__(self) -> None:
        problems = []
        if self.jobs < 1:
            problems.append(f"--jobs expects at least 1, got {self.jobs}")
        if self.backend not in BACKENDS:
            problems.append(f"--backend expects one of {', '.join(BACKENDS)}, got {self.backend!r}")
        elif self.scheduler is not None and not self.is_cluster:
            problems.append(f"--scheduler is for --backend dask and ray, not for {self.backend}")
        elif not _is_installed(BACKENDS[self.backend][0]):
            package, extra = BACKENDS[self.backend]
            problems.append(
                f"--backend {self.backend} needs the package {package!r}: pip install 'imbalearn-torch[{extra}]'"
            )
        if self.backend == "dask" and self.scheduler is None:
            problems.append("--backend dask needs --scheduler, such as tcp://127.0.0.1:8786")
        if problems:
            raise ConfigError(problems)

    @property
    def is_cluster(self) -> bool:
        return self.backend in {"dask", "ray"}

    @property
    def at_once(self) -> int:
        """How many runs share this machine."""
        return 1 if self.backend == "sequential" else self.jobs


def _is_installed(package: str) -> bool:
    spec = importlib.util.find_spec(package)
    return spec is not None and spec.origin is not None  # a folder of that name is no package


def do_tasks(tasks: Sequence[Task], pool: Pool, on_outcome: Callable[[Outcome], None], stop: Callable[[], Any]) -> None:
    """Do every task; a run whose process was lost is gone on with from its last checkpoint.

    Args:
        tasks: In the order in which they are begun.
        pool: Where.
        on_outcome: Called once for each task, in the order in which they end.
        stop: Whether to stop; then no process that was lost is replaced.
    """
    if not tasks:  # and nobody to be asked whether he would do them
        return
    left = {task.folder: task for task in tasks}

    def settle(outcome: Outcome) -> None:
        if left.pop(outcome.folder, None) is not None:
            on_outcome(outcome)

    with _executor(pool) as run_all:
        fruitless = 0
        while left and fruitless < 2 and not stop():
            before = len(left)
            # A task raises nothing: where something is raised, a process has gone, and perhaps took others with it.
            with contextlib.suppress(Exception):
                for outcome in run_all(list(left.values())):
                    settle(outcome)
            fruitless = fruitless + 1 if len(left) == before else 0
        for task in list(left.values()):
            settle(Outcome(task.folder, "interrupted") if stop() else _alone(task, run_all))


def _alone(task: Task, run_all: RunAll) -> Outcome:
    """Do one task with no other beside it, so that what breaks its process harms no other."""
    try:
        [outcome] = run_all([task])
    except Exception as error:
        reason = f"its process failed again and again: {type(error).__name__}: {' '.join(str(error).split())}"
        return Outcome(task.folder, "failed", reason, 1)
    return outcome


@contextlib.contextmanager
def _executor(pool: Pool) -> Iterator[RunAll]:
    """What does a list of tasks, and gives the outcomes as they come."""
    if pool.at_once == 1 and not pool.is_cluster:
        yield lambda tasks: map(do_task, tasks)
        return
    from joblib import Parallel, delayed, parallel_config

    def run_all(tasks: list[Task], **how: Any) -> Iterable[Outcome]:
        calls = (delayed(do_task)(task) for task in tasks)
        # A batch of one: no run waits behind another while a worker is idle.
        how = {"batch_size": 1, "pre_dispatch": "all", "return_as": "generator_unordered", **how}
        found: Any = Parallel(**how)(calls)
        return found

    if pool.backend == "loky":
        yield lambda tasks: run_all(tasks, backend="loky", n_jobs=pool.jobs)
    elif pool.backend == "dask":
        with (
            _dask_client(pool) as client,
            parallel_config(backend="dask", client=client, wait_for_workers_timeout=_WAIT),
        ):
            yield lambda tasks: run_all(tasks, n_jobs=-1)
    else:
        _start_ray(pool)
        # Ray's pool gives its results only all together.
        yield lambda tasks: run_all(tasks, backend="ray", n_jobs=-1, return_as="list")


@contextlib.contextmanager
def _dask_client(pool: Pool) -> Iterator[Any]:
    from distributed import Client  # pyright: ignore[reportMissingImports]

    try:
        client = Client(pool.scheduler, set_as_default=False, timeout=_CONNECT)
    except (OSError, ValueError) as error:
        raise ConfigError([f"no dask scheduler answers at {pool.scheduler}: {error}"]) from error
    with client:
        threaded = sorted(name for name, threads in client.nthreads().items() if threads > 1)
        if threaded:
            logger.warning("workers with several threads do one run at a time: %s", ", ".join(threaded))
        yield client


def _start_ray(pool: Pool) -> None:
    import ray  # pyright: ignore[reportMissingImports]
    from ray.util.joblib import register_ray  # pyright: ignore[reportMissingImports]

    register_ray()
    if not ray.is_initialized():
        answer = signal.getsignal(signal.SIGTERM)
        try:
            ray.init(address=pool.scheduler, log_to_driver=False)
        except Exception as error:  # Ray raises nothing more special where a cluster of its own does not come up
            what = f"no ray cluster answers at {pool.scheduler}" if pool.scheduler else "ray cannot be started here"
            raise ConfigError([f"{what}: {error}"]) from error
        finally:
            # Ray would end this process at once; the runs shall stop after their step.
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, answer)
