"""What do the page and the print look like?  Templates without a word of text: words come from `report.words`."""

from functools import cache
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined


@cache
def read(name: str) -> str:
    """Return a template as it is."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Return the templates of web pages: everything is escaped, an unknown name is an error."""
    names = ("page.html", "findings.html", "design.html", "review.html", "blocks.html", "style.css")
    return Environment(
        loader=DictLoader({name: read(name) for name in names}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
