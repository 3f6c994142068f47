"""Configure a run, do it, and read its result: what `imbalearn run` does, from Python.

    python examples/02_run_from_python.py

Takes well under a minute on two cores; needs no network.
"""

import json
import sys
from pathlib import Path

import imbalearn_torch as ibt


def main(out: Path | None = None, epochs: int = 10) -> None:
    """Compare two ways to treat the imbalance, with the same seed and the same number of steps."""
    plain = ibt.RunConfig(data="digits", imbalance="step:ratio=10,head=1", epochs=epochs, seed=0)
    methods = {
        "balanced-mixup": plain.model_copy(update={"sampler": "balanced", "mix": "mixup"}),
        "balanced-softmax": plain.model_copy(update={"loss": "balanced-softmax"}),
    }
    for name, config in methods.items():
        done = ibt.run(config, out=out / name if out else None)

        test = done.metrics["test"]
        print(f"{name}: macro-F1 {test['macro_f1']:.3f}, worst class {test['worst_class_recall']:.3f}")
        for row in test["per_class"][:3]:
            print(f"  class {row['class']}: {row['train_count']} training images, recall {row['recall']:.3f}")

        # The same figures stand in the run folder, beside curves, predictions, weights and report.html.
        saved = json.loads((done.folder / "result.json").read_text(encoding="utf-8"))
        print(f"  loss as recorded: {saved['config']['loss']}, folder: {done.folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
