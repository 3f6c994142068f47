"""What runs in the fresh interpreter of `probe`: load one plugin, and write down how long it took and what came along.

The request comes as JSON on stdin. The answer goes to a file, since a stranger may print anything on any stream. This
script imports nothing of the package before the request has set the search path, and never torch.
"""

import json
import os
import sys
import threading
import time
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Load what the request names.

    Args:
        request: `path`, the search path; `distribution`, `points` as [name, value, group], or `file`; `heavy`, the
            modules whose import is to be reported; `answer`, the file for the answer.
    """
    from imbalearn_torch.plugin.discovery import distinct, load_entry_point, load_file

    present = set(sys.modules)
    start = time.perf_counter()
    if request["file"] is not None:
        plugins = [load_file(Path(request["file"]))]
    else:
        points = [EntryPoint(name, value, group) for name, value, group in request["points"]]
        plugins = distinct(load_entry_point(request["distribution"], point) for point in points)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "heavy": [name for name in request["heavy"] if name in sys.modules and name not in present],
        "threads": [
            each.name for each in threading.enumerate() if each is not threading.main_thread() and not each.daemon
        ],
        "errors": [plugin.error for plugin in plugins],
        "names": [
            [kind, name]
            for plugin in plugins
            for kind, component in plugin.components
            for name in (component.name, *component.aliases)
        ],
    }


if __name__ == "__main__":
    os.environ.pop("IMBALEARN_PLUGIN_ERRORS", None)
    request = json.load(sys.stdin)
    sys.path[:] = request["path"]
    text = json.dumps(answer(request))
    Path(request["answer"]).write_text(text, encoding="utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # a thread or an exit handler that a stranger left behind must not keep the check waiting
