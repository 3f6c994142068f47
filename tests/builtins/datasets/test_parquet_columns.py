import json

import pyarrow as pa
import pytest

from imbalearn_builtins.datasets.parquet_columns import Columns, choose_columns
from imbalearn_torch.errors import OptionError

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def schema(features=None, **columns):
    metadata = None if features is None else {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema(list(columns.items()), metadata=metadata)


def chosen(*args, **columns):
    return choose_columns(schema(*args, **columns), None, None)


def test_a_struct_and_a_class_label_with_names():
    features = {"img": {"_type": "Image"}, "label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}
    columns = chosen(features, img=IMAGE, label=pa.int64())
    assert columns == Columns("img", True, "label", False, ("cat", "dog"))
    assert columns.leaves == {"img": "img.bytes", "label": "label"}


@pytest.mark.parametrize("binary", [pa.binary(), pa.large_binary()])
def test_plain_bytes_and_no_metadata(binary):
    columns = chosen(picture=binary, kind=pa.int8())
    assert columns == Columns("picture", False, "kind", False, None)
    assert columns.leaves == {"picture": "picture", "kind": "kind"}


@pytest.mark.parametrize("text", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_labels_of_text(text):
    assert chosen(img=IMAGE, species=text) == Columns("img", True, "species", True, None)


@pytest.mark.parametrize("name", ["label", "labels", "fine_label", "target", "targets", "class", "Label"])
def test_a_label_by_name_comes_before_other_integers(name):
    assert chosen(img=IMAGE, coarse_label=pa.int64(), **{name: pa.int64()}, id=pa.int64()).label == name


def test_a_class_label_comes_before_other_integers():
    features = {"kind": {"_type": "ClassLabel", "names": ["a"]}, "id": {"_type": "Value"}}
    assert chosen(features, img=IMAGE, id=pa.int64(), kind=pa.int64()).label == "kind"


def test_integers_come_before_text():
    assert chosen(img=IMAGE, caption=pa.string(), kind=pa.int64()).label == "kind"


def test_the_declared_image_comes_before_other_bytes():
    features = {"photo": {"_type": "Image"}}
    assert chosen(features, mask=pa.binary(), photo=IMAGE, label=pa.int64()).image == "photo"


def test_the_user_decides():
    found = choose_columns(schema(a=IMAGE, b=pa.binary(), label=pa.int64(), id=pa.int64()), "b", "id")
    assert (found.image, found.label) == ("b", "id")


@pytest.mark.parametrize("metadata", [b"no json", b"[]", b'{"info": 3}', b'{"info": {"features": []}}'])
def test_odd_metadata_is_not_believed(metadata):
    table = pa.schema([("img", IMAGE), ("label", pa.int64())], metadata={"huggingface": metadata})
    assert choose_columns(table, None, None).classes is None


@pytest.mark.parametrize(
    ("columns", "options", "words"),
    [
        ({"a": IMAGE, "b": pa.binary(), "label": pa.int64()}, {}, "columns may hold the images: a, b; .*`image=`"),
        ({"a": IMAGE, "x": pa.int64(), "y": pa.int8()}, {}, "columns may hold the labels: x, y; .*`label=`"),
        ({"a": IMAGE, "label": pa.int64(), "target": pa.int8()}, {}, "hold the labels: label, target"),
        ({"a": pa.int64(), "label": pa.int64()}, {}, r"can hold the images; .* a \(integer\), label \(integer\)"),
        ({"a": IMAGE, "x": pa.float32()}, {}, r"no column can hold the labels; .* a \(struct\), x \(other\)"),
        ({"a": IMAGE, "label": pa.int64()}, {"label": "lable"}, "one of the columns label, but got 'lable'"),
        ({"a": IMAGE, "label": pa.int64()}, {"image": "label"}, "one of the columns a, but got 'label'"),
    ],
)
def test_no_column_or_several(columns, options, words):
    with pytest.raises(OptionError, match=words):
        choose_columns(schema(**columns), options.get("image"), options.get("label"))
