"""Templates to pages: one file each, styles and script inside, and nothing that a name could break out of."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

__all__ = ["render"]

_SCRIPT = "report.js"
# No page of ours has them: control characters, and what turns all that follows from right to left.
_NO_TEXT = dict.fromkeys(
    [each for each in (*range(32), 127, *range(0x202A, 0x202F)) if chr(each) not in "\t\n\r"],
    "\N{REPLACEMENT CHARACTER}",
)


def render(template: str, **view: Any) -> str:
    """A page, the same bytes for the same view.

    Args:
        template: In the folder `templates`.
        view: What it shows; every text is escaped.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("imbalearn_torch.reporting")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    script = loader.get_source(environment, _SCRIPT)[0]
    # The browser runs this very script and no other one, whatever stands in the page.
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = environment.get_template(template).render(**view, script=script, script_digest=digest)
    # What is no text, such as the bytes of a folder's name, cannot be written as UTF-8.
    return page.translate(_NO_TEXT).encode("utf-8", "backslashreplace").decode("utf-8")
