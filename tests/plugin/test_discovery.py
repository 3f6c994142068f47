"""Isolation: whatever one plugin does wrong is kept to itself, listed with its cause, and harms nobody else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fake_site import HEADER, FakeSite, offers

from imbalearn_torch.errors import ConfigError, UnknownComponentError
from imbalearn_torch.plugin.discovery import find_entry_points, load_file, normalise_distribution
from imbalearn_torch.plugin.registry import Registry, registry
from imbalearn_torch.plugin.spec import HOOKS

GOOD = offers("losses", "good")


def test_a_plugin_of_every_kind(site: FakeSite) -> None:
    site.install("All.Kinds", "\n".join(offers(hook.removeprefix("imbalearn_"), "mine") for hook in HOOKS.values()))
    known = Registry()
    for kind in HOOKS:
        assert known.find(kind, "mine").full_name == "all-kinds/mine"
        assert "mine" in known.names(kind)
    assert [plugin.status for plugin in known.plugins()] == ["ok", "ok"]


def test_hooks_may_have_any_function_name_and_return_lists(site: FakeSite) -> None:
    source = "@hookimpl(specname='imbalearn_losses')\ndef mine():\n    return [Component(name='mine', factory='m:x')]"
    site.install("other", source)
    assert Registry().find("loss", "mine").distribution == "other"


def test_an_entry_point_may_name_an_object(site: FakeSite) -> None:
    source = """
        from imbalearn_torch import Component, hookimpl

        class Plugin:
            @hookimpl
            def imbalearn_losses(self):
                yield Component(name="mine", factory="m:x")

        plugin = Plugin()
    """
    site.write("as_object.py", source)
    site.describe("as-object", "[imbalearn_torch]\nx = as_object:plugin\ny = as_object:nothing\n")
    known = Registry()
    assert known.find("loss", "as-object/mine").name == "mine"
    assert [plugin.status for plugin in known.plugins()] == ["ok", "ok", "failed"]


def test_what_a_plugin_prints_goes_to_stderr(site: FakeSite, capsys: pytest.CaptureFixture[str]) -> None:
    site.install(
        "loud", "print('at import')\n@hookimpl\ndef imbalearn_losses():\n    print('in a hook')\n    return []"
    )
    assert [plugin.status for plugin in Registry().plugins()] == ["ok", "ok"]
    out, err = capsys.readouterr()
    assert out == ""
    assert "at import\nin a hook\n" in err


@pytest.mark.parametrize("allowed", ["", "another", "  ,"])
def test_a_distribution_that_is_not_allowed_is_never_run(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch, allowed: str
) -> None:
    module = site.install("nice", GOOD)
    monkeypatch.setenv("IMBALEARN_PLUGINS", allowed)
    known = registry()
    assert [(plugin.distribution, plugin.status) for plugin in known.plugins()][1:] == [("nice", "blocked")]
    for name in ("good", "nice/good"):
        with pytest.raises(UnknownComponentError, match=r"blocked.*nice"):
            known.find("loss", name)
    assert not site.imported(module)


def test_allowed_distributions_are_compared_as_on_pypi(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install("Nice.Plugin", GOOD)
    monkeypatch.setenv("IMBALEARN_PLUGINS", "other, nice_PLUGIN")
    assert registry().find("loss", "good").full_name == "nice-plugin/good"
    with pytest.raises(UnknownComponentError, match="blocked"):
        registry(plugins=False).find("loss", "good")


def test_a_distribution_without_metadata_or_with_malformed_entry_points(site: FakeSite) -> None:
    site.write("bare_plugin.py", "from imbalearn_torch import Component, hookimpl\n" + GOOD)
    site.describe("bare-dist", "[imbalearn_torch]\nx = bare_plugin\n", metadata=False)
    site.describe("malformed", "[imbalearn_torch]\nthis is no entry point\n")
    known = Registry()
    assert known.find("loss", "bare-plugin/good").version == ""
    assert [plugin.distribution for plugin in known.plugins()] == ["imbalearn-torch", "bare-plugin"]


def test_the_headers_of_metadata_end_where_the_readme_begins(site: FakeSite) -> None:
    site.install("nice", GOOD)
    headers = "Metadata-Version: 2.1\nDynamic: Version\nname:  Nice_One \nVersion: 2.0\nClassifier: x :: Version: 9\n"
    (site.folder / "nice-1.0.dist-info" / "METADATA").write_text(headers + "\nName: other\nVersion: 3.0\n")
    assert [(each.distribution, each.version) for each in Registry().plugins()[1:]] == [("nice-one", "2.0")]


def test_an_editable_install_listed_twice_counts_once(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install("my-plugin", GOOD, version="2.0")
    source_tree = FakeSite(site.folder / "src")
    source_tree.write("my_plugin.egg-info/PKG-INFO", "Metadata-Version: 2.1\nName: my_plugin\nVersion: 1.9\n")
    source_tree.write("my_plugin.egg-info/entry_points.txt", "[imbalearn_torch]\nplugin = my_plugin\n")
    monkeypatch.syspath_prepend(source_tree.folder)
    monkeypatch.syspath_prepend(site.folder)
    assert [point.value for point in find_entry_points()["my-plugin"]] == ["my_plugin"]
    assert [plugin.version for plugin in Registry().plugins()][1:] == ["2.0"]


def test_two_entry_points_of_one_distribution(site: FakeSite) -> None:
    header = "from imbalearn_torch import Component, hookimpl\n"
    site.write("first.py", header + offers("losses", "shared", "one"))
    site.write("second.py", header + offers("losses", "shared", "two"))
    site.write("third.py", header + offers("mixes", "shared"))
    site.describe("many", "[imbalearn_torch]\nc = third\nb = second\na = first\n")
    known = Registry()
    assert [plugin.error for plugin in known.plugins()][1:] == [
        None, "another plugin of 'many' already offers loss 'shared'", None,
    ]  # fmt: skip
    assert known.find("loss", "shared").full_name == "many/shared"


@pytest.mark.parametrize("name", ["Friendly-Bard", "FRIENDLY.bard", "friendly--bard", "friendly._-bard"])
def test_normalised_names_follow_pypi(name: str) -> None:
    assert normalise_distribution(name) == "friendly-bard"  # PEP 503


def test_a_plugin_file_that_fails(tmp_path: Path, site: FakeSite) -> None:
    broken = site.write("broken_file.py", "raise ImportError('no luck')")
    with pytest.raises(ConfigError) as caught:
        registry([broken, tmp_path / "absent.py"])
    assert caught.value.problems == (
        f"--plugin {broken}: ImportError: no luck",
        f"--plugin {tmp_path / 'absent.py'}: no such file: {tmp_path / 'absent.py'}",
    )
    assert "broken_file" not in sys.modules


@pytest.mark.parametrize("name", ["json.py", "colorsys.py", "x y.py"])
def test_a_plugin_file_with_an_impossible_name(tmp_path: Path, name: str) -> None:
    plugin = load_file(FakeSite(tmp_path).write(name, HEADER + GOOD))
    assert plugin.status == "failed"
    assert name in (plugin.error or "")


def test_importing_the_plugin_layer_and_listing_imports_no_torch() -> None:
    code = (
        "import sys, json; from imbalearn_torch.plugin import build, table, registry; registry.registry().plugins();"
        "print(json.dumps([name for name in ('torch', 'pydantic', 'numpy') if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
