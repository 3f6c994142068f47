from pathlib import Path

from imbalearn_torch.conformance import conformance_tests


def _text(folder: Path) -> str:
    """A table of numbers and words with gaps, and a test part."""
    rows = [
        f"{row * 0.5},{'uvw'[row % 3] if row % 5 else ''},{'' if row == 7 else row},{'pq'[row % 4 == 0]}"
        for row in range(40)
    ]
    for name, part in (("data", rows[:30]), ("test", rows[30:])):
        (folder / f"{name}.csv").write_text("\n".join(["x,word,gap,label", *part]))
    return f"path={folder}/data.csv,test={folder}/test.csv"


test_conformance = conformance_tests(
    "imbalearn-tabular",
    options={
        "dataset:table": _text,
        "backbone:mlp": [
            "hidden=[256,256]",
            "hidden=[]",
            "hidden=[16],norm=layer,activation=gelu",
            "norm=none,dropout=0",
        ],
    },
)
