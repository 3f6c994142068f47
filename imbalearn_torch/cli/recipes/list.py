"""`imbalearn recipes list`: published settings, their sources and the figures reported for them."""

from __future__ import annotations

import json

import click

from imbalearn_torch.experiments.recipes import load_recipe, recipe_names

__all__ = ["command"]


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output on stdout, with every figure.")
def command(as_json: bool) -> None:
    """List the recipes that come with the package: name, title, source and the first figure reported."""
    recipes = [load_recipe(name) for name in recipe_names()]
    if as_json:
        shown = {"name", "title", "summary", "citation", "reference"}
        records = [recipe.model_dump(mode="json", include=shown) for recipe in recipes]
        click.echo(json.dumps({"recipes": records}, ensure_ascii=False, indent=2))
        return
    width = max(len(recipe.name) for recipe in recipes)
    for recipe in recipes:
        click.echo(f"{recipe.name.ljust(width)}  {recipe.title}")
        source = recipe.citation.short if recipe.citation else ""
        click.echo(f"{' ' * width}  {'; '.join(part for part in (source, *map(str, recipe.reference[:1])) if part)}")
