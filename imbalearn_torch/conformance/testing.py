"""One line of pytest for plugin authors: `test_conformance = conformance_tests("my-plugin")`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from imbalearn_torch.conformance.check import Check
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.conformance.suite import OptionTexts, checks_of, option_texts, run_check
from imbalearn_torch.errors import OptionError, PluginError
from imbalearn_torch.plugin.discovery import LOCAL, normalise_distribution
from imbalearn_torch.plugin.options import nearest
from imbalearn_torch.plugin.registry import Entry, Registry, registry

__all__ = ["conformance_tests"]

_Case = tuple[Entry, OptionTexts | None, int, Check]


def conformance_tests(
    distribution: str | None = None,
    *,
    file: str | Path | None = None,
    options: Mapping[str, OptionTexts] | None = None,
) -> Callable[..., None]:
    """A parametrised pytest function: every check on every component of one plugin.

        test_conformance = conformance_tests("my-plugin")

    Args:
        distribution: The name of an installed distribution.
        file: A plugin file, as `--plugin` takes it; exactly one of `distribution` and `file` is given.
        options: "KIND:NAME" -> what stands after `NAME:` when that component is tried: a str, several in a list, or a
            callable that gets an empty folder and returns a str. A component with required options is skipped without.

    Raises:
        OptionError: `options` names a component that the plugin does not offer, or not one of `distribution` and
            `file` is given.
        PluginError: The plugin is not installed or cannot be loaded.
    """
    import pytest

    if (distribution is None) == (file is None):
        raise OptionError("Expected one of `distribution` and `file`")
    found = registry((Path(file),), strict=False) if file is not None else registry()
    entries = _entries(found, normalise_distribution(distribution) if distribution is not None else LOCAL)
    given = dict(options or {})
    _check_options(given, [f"{entry.kind}:{entry.name}" for entry in entries])
    cases = dict(case for entry in entries for case in _cases(entry, given))

    @pytest.mark.parametrize("case", list(cases.values()), ids=list(cases))
    def test_conformance(case: _Case, tmp_path: Path) -> None:
        entry, texts, position, check = case
        outcome = run_check(check, Subject(entry, option_texts(texts, tmp_path)[position], folder=tmp_path))
        if outcome.status == "skipped":
            pytest.skip(outcome.message)
        if outcome.status == "failed":
            pytest.fail(f"{outcome.component}: {check.summary}\n{outcome.message}", pytrace=False)

    return test_conformance


def _entries(found: Registry, distribution: str) -> tuple[Entry, ...]:
    every = found.plugins()
    plugins = [plugin for plugin in every if plugin.distribution == distribution]
    if not plugins:
        known = sorted({plugin.distribution for plugin in every})
        raise PluginError(
            f"no installed distribution named {distribution!r} offers plugins{nearest(distribution, known)} "
            f"(those that do: {', '.join(known)}); install it first"
        )
    for plugin in plugins:
        if plugin.status != "ok":
            raise PluginError(f"{plugin.status}: {plugin}")
    return tuple(entry for entry in found.entries() if entry.distribution == distribution)


def _check_options(given: Mapping[str, OptionTexts], offered: list[str]) -> None:
    """See that option texts are given for components that there are, and are texts.

    Raises:
        OptionError: They are not.
    """
    unknown = sorted(set(given) - set(offered))
    if unknown:
        raise OptionError(
            f"`options` names {', '.join(unknown)}, but the plugin offers {', '.join(offered) or 'nothing'}"
        )
    for name, texts in given.items():
        words = (texts,) if isinstance(texts, str) else texts if isinstance(texts, Sequence) else ()
        if not callable(texts) and not (len(words) and all(isinstance(each, str) for each in words)):
            raise OptionError(
                f"Expected `options` of {name} to be a str, some in a list, or a callable, but got {texts!r:.200}"
            )


def _cases(entry: Entry, given: Mapping[str, OptionTexts]) -> Iterator[tuple[str, _Case]]:
    texts = given.get(f"{entry.kind}:{entry.name}")
    count = 1 if texts is None or isinstance(texts, str) or callable(texts) else len(texts)
    for position in range(count):
        number = f":{position + 1}" if count > 1 else ""
        for check in checks_of(entry.kind):
            yield f"{entry.kind}:{entry.name}{number}:{check.name}", (entry, texts, position, check)
