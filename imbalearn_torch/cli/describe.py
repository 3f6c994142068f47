"""What `--dry-run` prints for a person."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

__all__ = ["print_description"]


def print_description(described: dict[str, Any]) -> None:
    """Configuration, classes and warnings, as tables on stdout."""
    console, data = Console(), described["data"]
    settings = Table(title="configuration", show_header=False)
    settings.add_column()
    settings.add_column(overflow="fold")
    for name, value in described["config"].items():
        settings.add_row(name, escape(str(value)))
    console.print(settings)
    classes = Table(title=f"{sum(data['train_counts'])} training images, {described['steps']} steps")
    for name in ("class", "train", "val", "test", "drawn", "prior"):
        classes.add_column(name, justify="left" if name == "class" else "right")
    columns = (data["classes"], data["train_counts"], data["val_counts"], data["test_counts"])
    for name, train, val, test, drawn, prior in zip(
        *columns, data["drawn_distribution"], data["class_prior"], strict=True
    ):
        classes.add_row(escape(name), str(train), str(val), str(test), f"{drawn:.4f}", f"{prior:.4f}")
    console.print(classes)
    for warning in described["warnings"]:
        console.print(f"warning: {warning}", style="yellow", highlight=False, markup=False)
