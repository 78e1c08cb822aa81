import pytest

from tumen.errors import FormatError
from tumen.files.markup import DEEPEST, read_xml

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]>
<a>&y;</a>"""
OUTSIDE = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""
FETCHED = b"""<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>"""


def test_elements_attributes_and_text():
    root = read_xml('<r xmlns="urn:x" xmlns:y="urn:y" y:k=" v "><y:a>вид</y:a><y:a/><b/></r>'.encode(), "r.xml")
    assert (root.name, root.space, root.get("k"), root.get("none")) == ("r", "urn:x", "v", None)
    assert [child.text for child in root.all("a")] == ["вид", ""]
    assert root.first("b") is not None
    assert root.first("c") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
def test_encodings(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>тигр</a>'
    assert read_xml(text.encode(encoding), "a.xml").text == "тигр"


@pytest.mark.parametrize("data", [BOMB, OUTSIDE, FETCHED])
def test_document_types_are_refused(data):
    with pytest.raises(FormatError, match="a document type"):
        read_xml(data, "a.xml")


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a></b>", b"<a>&x;</a>", b"\xff\xfe\x00", b"<a>\xff</a>", b"<a/>x"])
def test_what_is_no_xml_is_said_with_its_name(data):
    with pytest.raises(FormatError, match=r"well-formed XML without a document type in a\.xml"):
        read_xml(data, "a.xml")


def test_depth_is_bounded():
    with pytest.raises(FormatError, match="deeper"):
        read_xml(b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1), "a.xml")
    assert read_xml(b"<a>" * DEEPEST + b"</a>" * DEEPEST, "a.xml").name == "a"
