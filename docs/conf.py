"""The site of this documentation: Sphinx reads the Markdown in this folder; `make docs` builds it.

The pages are plain Markdown, which the file host shows as well. So the table of contents is not written as a directive:
it is read from the lists of links in index.md.
"""

import re
from typing import Any

from sphinx.application import Sphinx

project = "analytics-mockserver"
author = "the analytics-mockserver contributors"
extensions = ["myst_parser"]
exclude_patterns = ["examples"]

root_doc = "index"
myst_heading_anchors = 4
nitpicky = True

html_title = project
html_favicon = "../mockserver/console/files/icon.svg"
html_theme = "alabaster"
pygments_style = "xcode"  # Its colors have enough contrast on the background of docs.css.
html_theme_options = {"fixed_sidebar": True, "show_powered_by": False, "show_relbar_bottom": True}
html_sidebars = {"**": ["about.html", "searchbox.html", "navigation.html"]}
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_copy_source = False
html_show_copyright = False
html_use_index = False
templates_path = ["_templates"]

_LINK_FROM_LIST = re.compile(r"^\* \[.*?\]\((.+?)\.md\)", re.MULTILINE)


def add_contents(_: Sphinx, page: str, source: list[str]) -> None:
    """Add the table of contents: a part for each heading of index.md, and the pages of the cases."""
    if page == root_doc:
        for part in source[0].split("\n## ")[1:]:
            source[0] += _contents(f":caption: {part.splitlines()[0]}", *_LINK_FROM_LIST.findall(part))
    if page == "CASES":
        source[0] += _contents(":glob:", "cases/*")


def _contents(option: str, *pages: str) -> str:
    return "\n".join(("\n```{toctree}", ":hidden:", option, "", *pages, "```\n"))


def unlink_the_repository(_: Sphinx, page: str, source: list[str]) -> None:
    """Replace links to files outside this folder, and to the examples, by their texts: the site has none of them."""
    levels = page.count("/") + 1
    outside = rf"(?:\.\./){{{levels},}}|(?:\.\./)*examples/"
    source[0] = re.sub(rf"\[([^\]]+)\]\((?:{outside})[^)]*\)", r"\1", source[0])


def focus_tables(_: Sphinx, page: str, template: str, context: dict[str, Any], document: object) -> None:  # noqa: ARG001
    """Let the keyboard reach tables, which scroll if they are wide."""
    context["body"] = context.get("body", "").replace("<table ", '<table tabindex="0" ')


def setup(app: Sphinx) -> None:
    """Connect the changes to the pages."""
    app.connect("source-read", add_contents)
    app.connect("source-read", unlink_the_repository)
    app.connect("html-page-context", focus_tables)
