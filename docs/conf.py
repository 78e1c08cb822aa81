"""Sphinx: Markdown through MyST, furo, gettext."""

project = "Tumen"
author = "The Tumen developers"
copyright = "The Tumen developers; Apache-2.0"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "*.intro.md", "manual/*.intro.md"]
html_theme = "furo"
html_title = "Tumen"
html_show_sphinx = False
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
# Pages refer to files of the repository, which the built site does not have.
suppress_warnings = ["myst.xref_missing", "myst.header"]
