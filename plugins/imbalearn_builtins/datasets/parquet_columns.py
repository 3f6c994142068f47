"""Which column of a Parquet file holds the images, and which the labels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from imbalearn_torch import errors

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Columns", "choose_columns"]

_LABEL_NAMES = ("label", "labels", "fine_label", "target", "targets", "class")


class Columns(NamedTuple):
    """The columns to read.

    Args:
        image: Its name.
        is_struct: Whether an image is a struct with the field `bytes`, else it is bytes.
        label: Its name.
        is_text: Whether labels are strings, else integers.
        classes: Names from the metadata, where it has them.
    """

    image: str
    is_struct: bool
    label: str
    is_text: bool
    classes: tuple[str, ...] | None

    @property
    def leaves(self) -> dict[str, str]:
        """What to read of each column: of a struct the bytes alone."""
        return {self.image: f"{self.image}.bytes" if self.is_struct else self.image, self.label: self.label}


def choose_columns(schema: pa.Schema, image: str | None, label: str | None) -> Columns:
    """Pick both columns by name, type and metadata.

    Args:
        schema: Of the first training file.
        image: The name, where the user has given it.
        label: The name, where the user has given it.

    Raises:
        OptionError: A given name does not exist or has the wrong type; or no column fits, or several.
    """
    kinds = {field.name: _kind(field.type) for field in schema}
    features = _features(schema)
    images = [name for name, kind in kinds.items() if kind in {"struct", "bytes"}]
    declared = [name for name in images if _type_of(features.get(name)) == "Image"]
    chosen_image = _one("image", image, images, [declared, images], kinds)
    labels = [name for name, kind in kinds.items() if kind in {"integer", "text"}]
    chosen_label = _one("label", label, labels, _label_candidates(labels, kinds, features), kinds)
    feature = features.get(chosen_label)
    names = feature.get("names") if isinstance(feature, dict) else None
    return Columns(
        image=chosen_image,
        is_struct=kinds[chosen_image] == "struct",
        label=chosen_label,
        is_text=kinds[chosen_label] == "text",
        classes=tuple(str(name) for name in names) if isinstance(names, list) and names else None,
    )


def _label_candidates(labels: list[str], kinds: dict[str, str], features: dict[str, Any]) -> list[list[str]]:
    """Lists of columns, the surest sign first."""
    return [
        [name for name in labels if name.lower() in _LABEL_NAMES],
        [name for name in labels if _type_of(features.get(name)) == "ClassLabel"],
        [name for name in labels if kinds[name] == "integer"],
        labels,
    ]


def _one(option: str, given: str | None, fitting: list[str], candidates: list[list[str]], kinds: dict[str, str]) -> str:
    """The column that the user has named, or the one member of the first list that is not empty."""
    if given is not None:
        if given not in fitting:
            raise errors.OptionError(
                f"Expected `{option}` to be one of the columns {', '.join(fitting) or '(none fits)'}, but got {given!r}"
            )
        return given
    found = next((names for names in candidates if names), [])
    if len(found) == 1:
        return found[0]
    if found:
        raise errors.OptionError(f"several columns may hold the {option}s: {', '.join(found)}; choose with `{option}=`")
    has = ", ".join(f"{name} ({kind})" for name, kind in kinds.items()) or "none"
    raise errors.OptionError(f"no column can hold the {option}s; the columns are {has}")


def _kind(of: pa.DataType) -> str:
    import pyarrow as pa

    types = pa.types
    if types.is_struct(of):
        field = of.get_field_index("bytes")
        return "struct" if field >= 0 and _kind(of.field(field).type) == "bytes" else "other"
    if types.is_dictionary(of):
        return "text" if _kind(of.value_type) == "text" else "other"
    if types.is_binary(of) or types.is_large_binary(of):
        return "bytes"
    if types.is_string(of) or types.is_large_string(of):
        return "text"
    return "integer" if types.is_integer(of) else "other"


def _features(schema: pa.Schema) -> dict[str, Any]:
    """What the `datasets` library has written into the schema; nothing where it has not."""
    try:
        features = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
    except (ValueError, KeyError, TypeError):
        return {}
    return features if isinstance(features, dict) else {}


def _type_of(feature: Any) -> str | None:
    return feature.get("_type") if isinstance(feature, dict) else None
