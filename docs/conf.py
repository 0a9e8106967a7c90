"""How the pages become a site: ``sphinx-build -W docs build/docs``, where every warning is an error.

Rule 1. The build reads this checkout and nothing else: no network, so no inventories of other projects.
Rule 2. Nothing is drawn or listed by hand: the diagram comes from the commands, the reference from ``__all__``.
Rule 3. A public name that the reference lacks is a warning, and so is a reference that leads nowhere.
"""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, cast

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.domains.python import ObjectEntry, PythonDomain
from sphinx.environment import BuildEnvironment
from sphinx.ext.graphviz import graphviz
from sphinx.util.logging import getLogger
from sphinx.util.nodes import make_refnode

from okmate_auth.cli.dot import dot
from okmate_auth.cli.drawing import drawn
from okmate_auth.cli.mermaid import mermaid

project = author = "okmate_auth"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.graphviz"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_static_path = ["_static"]
html_theme_options = {"description": "The login of a corporate internet-banking service", "page_width": "70em"}
html_show_copyright = html_show_sourcelink = False
graphviz_output_format = "svg"
napoleon_use_ivar = True
napoleon_attr_annotations = False  # the signature has them
myst_heading_anchors = 4
autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_type_aliases = {"Json": "Json"}  # written out it is endless

ALIASES: Final = (
    r"(CertificateState|ChangeReason|Entrance|Json|KeyBytes|KeySet|LaneName|NoticeEvent)"
    r"|(R|Reason|Role|T|TokenState|TypeAliasForwardRef|Unreadable)"
)

# What does not resolve and need not, each with its reason. Everything else is a warning.
nitpicky = True
nitpick_ignore_regex = [
    # Other projects' own pages: linking them needs their inventories, and so the network.
    (
        r"py:.*",
        r"(asyncio|attrs?|collections|cryptography|datetime|functools|os|pathlib|starlette|typing|uvicorn)(\..*)?",
    ),
    # How the library decides is internal until 1.0 (architecture.md says how); its types show in signatures alone.
    (r"py:.*", r"okmate_auth\.(decision|queries\.query|commands\.authority|hashing|history|keys|shells)(\..*)?"),
    # Type variables, and aliases of literals and unions: signatures show them by their bare names.
    (r"py:class", rf"(okmate_auth\..*\.)?({ALIASES})"),
    # An attribute stands in its class's own entry, which is where a bare name is used.
    (r"py:attr", r"\w+"),
    # Helpers that a docstring names for whoever reads the source.
    (r"py:.*", r"okmate_auth\.policies\.(_blocklist_data|folding|half_width|patterns)(\..*)?"),
    (r"py:.*", r"okmate_auth\.certificates\.\w+(\..*)?"),
    (r"py:data", r"OWASP_FLOORS|SHIPPED"),
]

PUBLIC: Final = tuple(
    f"okmate_auth{part}" for part in ("", ".commands", ".queries", ".storage", ".testing", ".web", ".web.asgi")
)
INTERNAL: Final = {"answer", "answers", "decide", "keys", "keys_at", "need", "replies", "settle", "source", "then"}
RULE: Final = re.compile(r"(?:Rule )?\d+\.\s")
logger = getLogger(__name__)


def skip(_app: Sphinx, what: str, name: str, _value: object, skipped: bool, _options: object) -> bool | None:  # noqa: FBT001 - Sphinx's
    """Leave out what only a shell calls on a command or query."""
    del skipped
    return True if what == "class" and name in INTERNAL else None


def tidy(_app: Sphinx, what: str, _name: str, _value: object, _options: object, lines: list[str]) -> None:
    """Make the house's numbered rules a list, and keep napoleon from reading "Text: more" as a type."""
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]  # an empty comment
    elif what == "module":
        lines[:] = list(_listed(lines))


def _listed(lines: list[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        begins = RULE.match(line) is not None
        if begins:
            if not inside:
                yield ""
            yield f"* {line}"
        elif inside and line.startswith(" "):
            yield f"  {line.strip()}"
        else:
            if inside:
                yield ""
            yield line
        inside = begins or (inside and line.startswith(" "))


@cache
def reached(path: str) -> object:
    """Return the value that a dotted path leads to, None where it leads nowhere."""
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            value: object = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            value = getattr(value, part, None)
        return value
    return None


def elsewhere(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element) -> nodes.Element | None:
    """Find what a reference names by another path: the same value, whichever module it was taken from."""
    if node.get("refdomain") != "py":
        return None
    target, module = str(node["reftarget"]), str(node.get("py:module") or "")
    value = reached(target) or (reached(f"{module}.{target}") if module else None)
    names = documented(env)
    found = next((one for one in names if value is not None and reached(one[0]) is value), None)
    if found is None and "." not in target:
        found = next((one for one in names if one[0].endswith(f".{target}")), None)
    return found and make_refnode(app.builder, node["refdoc"], found[1].docname, found[1].node_id, content, found[0])


def documented(env: BuildEnvironment) -> list[tuple[str, ObjectEntry]]:
    """Return the names of the reference with their places."""
    domain = cast("PythonDomain", env.get_domain("py"))
    return [(name, entry) for name, entry in domain.objects.items() if name.startswith("okmate_auth")]


def draw(_app: Sphinx, document: nodes.document, page: str) -> None:
    """Show the state machine, which the pages hold as Mermaid text for readers of the repository, as a picture."""
    machine, drawable = drawn(), shutil.which("dot") is not None
    for block in list(document.findall(nodes.literal_block)):
        if block.get("language") == "mermaid":
            if block.astext().strip() != mermaid(machine).strip():
                logger.warning("this is not what okmate-auth diagram prints", location=block)
            if drawable:
                block.replace_self(graphviz("", code=dot(machine), options={"docname": page}, alt="The state machine"))
            else:
                block["language"] = "text"  # where Graphviz is missing the text stays


def complete(_app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of every public name that the reference lacks."""
    shown = {id(reached(name)) for name, _ in documented(env)}
    for module in PUBLIC:
        for name in importlib.import_module(module).__all__:
            if id(reached(f"{module}.{name}")) not in shown:
                logger.warning("%s.%s is public and not in the reference", module, name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect what is above; earlier than napoleon, which reads docstrings at 500."""
    app.connect("autodoc-skip-member", skip)
    app.connect("autodoc-process-docstring", tidy, priority=400)
    app.connect("missing-reference", elsewhere)
    app.connect("doctree-resolved", draw)
    app.connect("env-check-consistency", complete)
    return {"parallel_read_safe": True}
