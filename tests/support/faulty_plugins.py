"""What can be wrong with a plugin, as the source of its module, and what users are told of it."""

from __future__ import annotations

from fake_site import offers

GOOD = offers("losses", "good")
HOOK = "@hookimpl\ndef imbalearn_losses"
# what is wrong -> (source, cause as it is told)
FAULTS = {
    "ImportError": ("raise ImportError('no luck')", "ImportError: no luck"),
    "missing module": ("import no_such_module_anywhere", "ModuleNotFoundError: No module named"),
    "SystemExit at import": ("raise SystemExit(3)", "SystemExit: 3"),
    "syntax": ("def broken(:", "SyntaxError"),
    "endless recursion": ("def f():\n    f()\nf()", "RecursionError: maximum recursion depth"),
    "an exception of its own": ("class Odd(BaseException):\n    pass\nraise Odd('odd')", "Odd: odd"),
    "an exception that cannot be shown": (
        "class Odd(Exception):\n    def __str__(self):\n        raise self\nraise Odd",
        "Odd, which cannot be shown",
    ),
    "removes itself": ("import sys\ndel sys.modules[__name__]\n" + GOOD, "KeyError: 'bad'"),
    "puts nothing in its place": ("import sys\nsys.modules[__name__] = None\n" + GOOD, "it has none of the hooks"),
    "misspelt hook": (
        "@hookimpl\ndef imbalearn_loses():\n    return []",
        "unknown hook 'imbalearn_loses'; did you mean 'imbalearn_losses'? (hooks: imbalearn_samplers, ",
    ),
    "wrong argument": (f"{HOOK}(config):\n    return []", "a hook has wrong arguments"),
    "unmarked hook": (GOOD + "\ndef imbalearn_mixes():\n    return []", "imbalearn_mixes is not marked with @hookimpl"),
    "no hook": ("x = 1", "it has none of the hooks imbalearn_samplers, "),
    "hook wrapper": ("@hookimpl(wrapper=True)\ndef imbalearn_losses():\n    return (yield)", "is a hook wrapper"),
    "wrong record": (f"{HOOK}():\n    yield {{'name': 'x'}}", "must return Component records, but one is a dict"),
    "one record": (f"{HOOK}():\n    return Component(name='x', factory='m:x')", "must return an iterable of Component"),
    "nothing returned": (f"{HOOK}():\n    pass", "must return an iterable of Component records, but returned NoneType"),
    "error after a good record": (f"{GOOD}    raise RuntimeError('half way')", "RuntimeError: half way"),
    "exits in a hook": (f"{HOOK}():\n    raise SystemExit", "SystemExit"),
    "bad name": (f"{HOOK}():\n    yield Component(name='Good_One', factory='m:x')", "lower-case words joined by '-'"),
    "bad factory": (f"{HOOK}():\n    yield Component(name='x', factory='m.x')", "'package.module:attribute'"),
    "bad aliases": (f"{HOOK}():\n    yield Component(name='x', factory='m:x', aliases=['y'])", "a tuple of str"),
    "unknown field": (f"{HOOK}():\n    yield Component(name='x', factory='m:x', colour=1)", "TypeError"),
    "one name twice": (offers("losses", "good", "good"), "two components of kind loss named 'good'"),
    "API too new": ("IMBALEARN_PLUGIN_API = 2\n" + GOOD, "it wants plugin API 2, but this imbalearn-torch offers 1"),
    "API no number": ("IMBALEARN_PLUGIN_API = '1'\n" + GOOD, "IMBALEARN_PLUGIN_API must be an int, but is '1'"),
    "a record that refuses to be read": (
        "class Odd(Component):\n    name = property(lambda self: 1 / 0)\n    __init__ = lambda self: None\n"
        f"{HOOK}():\n    yield Odd()",
        "ZeroDivisionError",
    ),
}  # fmt: skip
