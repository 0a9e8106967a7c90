r"""Where to go after a login: a path of this origin, or the default; nobody is sent to another site from here.

Rule 1. What is not plainly a path here is not one: nothing is repaired. Browsers read ``\`` as ``/``, drop tabs and
        line ends, and take ``//host`` as a host (WHATWG URL 4.4), so that each of these leads away.

Source: ASVS 5.0 3.7.2; CWE-601.
"""

from __future__ import annotations

import re
from typing import Final

from okmate_auth.errors import MisuseError

LONGEST: Final = 2_000
"""Characters; ours, what every browser and proxy takes."""

# One slash, then what RFC 3986 2 lets stand in a URL; so no quote and no bracket either that could end an attribute.
_LOCAL: Final = re.compile(r"/(?!/)[A-Za-z0-9%._~:/?#\[\]@!$&'()*+,;=-]*", re.ASCII)


def local_target(text: str | None, default: str) -> str:
    """Return a path (with its query) of this origin that somebody asked for; the default where it is anything else.

    Args:
        text: From a query or a form field: anybody's.
        default: The program's own, of the same form.

    Raises:
        MisuseError: The default is no such path.
    """
    if not is_local(default):
        message = "default: a path of this origin"
        raise MisuseError(message)
    return text if text is not None and is_local(text) else default


def is_local(text: str) -> bool:
    r"""Say whether a text is a path of this origin: begins with one ``/``, has no ``//`` and URLs' characters alone."""
    return len(text) <= LONGEST and "//" not in text and _LOCAL.fullmatch(text) is not None
