"""Real processes of `imbalearn` that start at once: a server has imported everything, and forks for each.

A process can be told to send itself a signal at an exact moment: when it touches a file for the n-th time.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_TOUCHING = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.listdir", "os.scandir"}
_ALL_THAT_A_RUN_IMPORTS = (
    *("imbalearn_torch.cli.run", "imbalearn_torch.cli.resume", "imbalearn_torch.cli.progress"),
    *("imbalearn_torch.experiments.run", "imbalearn_torch.experiments.session", "imbalearn_torch.experiments.train"),
    *("imbalearn_torch.reporting.run_figures", "imbalearn_torch.reporting.page", "imbalearn_torch.training.optimizers"),
    *("torch._dynamo", "scipy.stats", "sklearn.datasets", "matplotlib.figure", "matplotlib.image", "matplotlib.axes"),
    *("matplotlib.backends.backend_svg", "PIL.Image", "pydantic", "tomli_w", "filelock"),
)


@dataclass(frozen=True)
class Moment:
    """The n-th time that a process touches a file with `path` in its name, it sends itself a signal.

    Args:
        path: A part of the path.
        count: From 1.
        number: Of the signal.
        times: How often it is sent: at this touch, the next one, ...
    """

    path: str
    count: int = 1
    number: int = signal.SIGKILL
    times: int = 1


@dataclass(frozen=True)
class Ended:
    """How a process has ended.

    Args:
        code: As `subprocess` has it: negative for a signal.
        output: What it has printed, stdout and stderr.
    """

    code: int
    output: str


class Processes:
    """Starts and ends processes; made once a worker of pytest, by the fixture `imbalearn`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0
        self._server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    def start(self, *words: object, moment: Moment | None = None, largest_file: int | None = None) -> int:
        """Begin `imbalearn WORDS`; its process id.

        Args:
            words: The arguments.
            moment: When it sends itself a signal.
            largest_file: RLIMIT_FSIZE in bytes.
        """
        self._made += 1
        limits = {"moment": vars(moment) if moment else None, "largest_file": largest_file}
        output = str(self._folder / str(self._made))
        pid = self._ask({"words": [str(word) for word in words], "output": output, **limits})
        (self._folder / f"of-{pid}").write_text(output)
        return pid

    def wait(self, pid: int) -> Ended:
        """How it has ended, once it has."""
        code = self._ask({"wait": pid})
        return Ended(code, Path((self._folder / f"of-{pid}").read_text()).read_text(encoding="utf-8"))

    def __call__(self, *words: object, **how: Any) -> Ended:
        """Begin it and wait."""
        return self.wait(self.start(*words, **how))

    def killed_after(self, seconds: float, *words: object) -> Ended:
        """Begin it and send SIGKILL so many seconds later."""
        pid = self.start(*words)
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        return self.wait(pid)

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()

    def _ask(self, request: dict[str, Any]) -> int:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())


def send_at(moment: Moment) -> None:
    """Have this process send itself a signal at that moment."""
    seen = 0

    def touched(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event not in _TOUCHING or moment.path not in str(arguments[0] if arguments else ""):
            return
        seen += 1
        if moment.count <= seen < moment.count + moment.times:
            os.kill(os.getpid(), moment.number)

    sys.addaudithook(touched)


def _serve() -> None:
    import torch

    from imbalearn_torch.cli.group import app

    for module in _ALL_THAT_A_RUN_IMPORTS:
        importlib.import_module(module)
    torch.set_num_threads(1)
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            continue
        _become(request)
        app(args=request["words"], prog_name="imbalearn")


def _become(request: dict[str, Any]) -> None:
    import resource

    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, place in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, place)
    if request["largest_file"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest_file"],) * 2)
    if request["moment"] is not None:
        send_at(Moment(**request["moment"]))


if __name__ == "__main__":
    _serve()
