"""The words of findings about the version of the protocol a package was written for."""

from tumen.tables.code import Code

CODES = (
    Code(
        "protocol-older",
        "note",
        "The package was written for version {value} of the protocol and was read as version {newest}: {changes} names "
        "or words were replaced by those of today.",
        "Nothing. Write the package anew to keep the names of today.",
        "0.1",
    ),
    Code(
        "protocol-unknown",
        "error",
        "The package says it follows version {value} of the protocol; this program knows versions up to {newest}.",
        "Install a newer version of the program, or correct the version in datapackage.json.",
        "9.9",
    ),
)
