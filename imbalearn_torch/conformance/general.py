"""What every component has to keep, whatever its kind."""

from __future__ import annotations

import pickle

from imbalearn_torch.conformance.check import Check, Skip, checks, require
from imbalearn_torch.conformance.subject import Subject
from imbalearn_torch.errors import OptionError
from imbalearn_torch.plugin.build import typed_options
from imbalearn_torch.plugin.grammar import parse_spec
from imbalearn_torch.plugin.options import format_options, resolve_options

__all__ = ["BUILDS", "CHECKS"]


def options_are_shown(subject: Subject) -> None:
    """The options can be read from the factory's signature, and the text of each default gives it back."""
    options = subject.entry.signature().options
    defaults = {each.name: each.default for each in options if not each.required}
    optional = tuple(each for each in options if not each.required)
    text = format_options(optional, defaults)
    given = parse_spec(f"x:{text}" if text else "x").options
    values, problems = resolve_options(subject.label, optional, given)
    require(not problems and values == defaults, f"its defaults {defaults} do not survive their own text {text!r}")


def an_unknown_option_is_refused(subject: Subject) -> None:
    """An option that is not in the signature is refused."""
    known = {each.name for each in subject.entry.signature().options}
    name = next(word for word in ("nonsense", "nonsense_2") if word not in known)
    try:
        typed_options(subject.label, subject.entry.signature(), parse_spec(f"x:{name}=1"))
    except OptionError as error:
        require(name in str(error), f"the refusal of an unknown option does not name it: {error}")
    else:
        require(False, "an unknown option was accepted")


def the_record_is_picklable(subject: Subject) -> None:
    """The `Component` record survives pickling, so that other processes can be told of it."""
    record = subject.entry.component
    try:
        copy = pickle.loads(pickle.dumps(record))
    except Exception as error:
        require(False, f"the record cannot be pickled ({error}); name the factory as 'package.module:attribute'")
    else:
        require(copy == record, "the record is another after pickling")


def it_builds(subject: Subject) -> None:
    """The factory can be called with its default options, also where a class has no image."""
    if subject.missing:
        names = ", ".join(f"`{name}`" for name in subject.missing)
        raise Skip(f"it needs the option {names}: give `options=` to conformance_tests in the plugin's own tests")
    subject.fitted()


CHECKS: tuple[Check, ...] = checks(options_are_shown, an_unknown_option_is_refused, the_record_is_picklable)
(BUILDS,) = checks(it_builds)
