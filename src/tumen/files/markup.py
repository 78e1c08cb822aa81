"""Read XML that came from somebody else: elements, attributes and text, and nothing that XML can do beside that.

A document type, and with it every entity, is refused before anything of it is read; nothing is fetched; the depth and
the number of elements are bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from tumen.errors import FormatError, Text

DEEPEST = 100
"""Elements nested deeper than this are no file of a format we know."""

_MOST = 20_000_000


@dataclass
class Element:
    """One element by its name without namespace; `space` is the namespace."""

    name: str
    space: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> Iterator["Element"]:
        """Yield the children of this name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Element | None":
        """Return the first child of this name."""
        return next(self.all(name), None)

    def get(self, name: str) -> str | None:
        """Return an attribute without blanks around it; None where it is not there or empty."""
        return self.attributes.get(name, "").strip() or None


class _RefusedError(Exception):
    """The file holds something that is not read."""


class _Reader:
    """Builds the tree while the parser walks through the file."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        element = Element(local, space, {key.rpartition(" ")[2]: value for key, value in attributes.items()})
        self.count += 1
        if len(self.open) >= DEEPEST or self.count > _MOST:
            raise _RefusedError("more or deeper elements than any such file has")
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text

    def doctype(self, *_: object) -> None:
        raise _RefusedError("a document type, which may define entities")


def read_xml(data: bytes, what: str) -> Element:
    """Return the root element of an XML file; `what` names the file in errors.

    Raises `FormatError` where it is no well-formed XML, or declares a document type or entities.

    >>> root = read_xml(b'<a xmlns="urn:x"><b c="1">text</b></a>', "a.xml")
    >>> root.name, root.space, root.children[0].get("c"), root.children[0].text
    ('a', 'urn:x', '1', 'text')
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    reader = _Reader()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, _RefusedError, LookupError, ValueError) as error:
        raise FormatError(
            Text("well-formed XML without a document type in {file}", file=what),
            Text("what cannot be read ({reason})", reason=str(error)),
            "Export the file again, or ask its sender.",
        ) from error
    if reader.root is None:
        raise FormatError(Text("an element in {file}", file=what), "none", "Export the file again.")
    return reader.root
