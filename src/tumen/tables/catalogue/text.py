"""The words of findings about how a file is written: encodings, delimiters, spreadsheets, two header rows."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "encoding-detected",
        "note",
        "No encoding is declared; the file was read as {value}, which fits with {percent} % confidence.",
        "Nothing, if the names read well. Declare the encoding if they do not.",
        "windows-1251",
    ),
    Code(
        "encoding-doubtful",
        "warning",
        "The file was read as {value} with only {percent} % confidence. The same words in other encodings: "
        "{alternatives}.",
        "Choose the reading that is right and declare its encoding.",
        "windows-1251",
    ),
    Code(
        "encoding-mixed",
        "error",
        "The row is not written in {encoding} like the rest of the file; it was read as {used}: {value}.",
        "Check the row, and save the whole file in one encoding (UTF-8).",
        "Амурский тигр",
    ),
    Code(
        "encoding-declared-doubtful",
        "warning",
        "The file is declared as {declared} but is valid {value} throughout; the declaration was believed.",
        "Declare {value} if names read wrongly.",
        "utf-8",
    ),
    Code(
        "line-undecodable",
        "error",
        "The row holds bytes that are not text in {encoding} (shown as \\xNN): {value}.",
        "Declare the true encoding, or correct the row and save the file as UTF-8.",
        "Caf\\xe9",
    ),
    Code(
        "delimiter-detected",
        "note",
        "The cells of table {table} are separated by {value}; this is {percent} % certain.",
        "Nothing, if the columns are as meant. Declare the delimiter if they are not.",
        ";",
    ),
    Code(
        "delimiter-doubtful",
        "warning",
        "The cells of table {table} were separated at {value}, which is only {percent} % certain; other candidates: "
        "{alternatives}.",
        "Declare the delimiter.",
        ";",
    ),
    Code(
        "line-ends-mixed",
        "note",
        "Lines of the file end in different ways ({value}); each was taken as the end of a row.",
        "Nothing, if the number of rows is right.",
        "CR LF: 10, LF: 2",
    ),
    Code(
        "line-ends-old",
        "note",
        "Lines of the file end with a lone carriage return, as on old computers; each was taken as the end of a row.",
        "Nothing, if the number of rows is right.",
    ),
    Code(
        "header-second-row",
        "error",
        "Row {row} seems to be a second header row, but was read as data: {value}.",
        "Delete the row or join it with the header, or state in the mapping which row is the header.",
        "m, degrees, dd.mm.yyyy",
    ),
    Code(
        "header-title-lines",
        "error",
        "Row {row} was taken as the header, but looks like a title; row {likely} looks like the header: {value}.",
        "State in the mapping which row is the header, or delete the lines above it.",
        "Survey of winter 2014",
    ),
    Code(
        "cell-formula",
        "note",
        "{count} cells of column {column} are formulas, first in {value}; their last computed values were used.",
        "Nothing, if the values are as meant.",
        "C2, C3, C4",
    ),
    Code(
        "cell-percent",
        "warning",
        "{count} cells of column {column} are shown as percent, first in {value}; the stored numbers were used, which "
        "are a hundred times smaller (50 % is 0.5).",
        "Give the column the unit that is asked for: most columns of percent go from 0 to 100.",
        "C2, C3, C4",
    ),
    Code(
        "cell-formula-empty",
        "error",
        "Cell {value} is a formula that was never computed, so it has no value: {formula}.",
        "Open the file in a spreadsheet program and save it again, or type the value.",
        "C2",
    ),
    Code(
        "cell-error-value",
        "error",
        "Cell {cell} shows the error {value} and no value.",
        "Correct the formula, or type the value.",
        "#REF!",
    ),
    Code(
        "cell-merged",
        "warning",
        "Cells {value} are merged; the value stands in the first of them, the others are empty.",
        "Undo the merging and give every cell its own value.",
        "A1:C1",
    ),
    Code(
        "cell-precision-lost",
        "warning",
        "Cell {cell} is a number of more than 15 digits; spreadsheets keep only 15, so its end may be wrong: {value}.",
        "Write identifiers as text, and correct this one from its source.",
        "900108001234567000",
    ),
    Code(
        "cell-date-impossible",
        "error",
        "Cell {cell} is formatted as a date, but the number {value} is no day of the calendar; it was left a number.",
        "Type the date, or correct the format of the cell.",
        "60",
    ),
    Code(
        "cell-control-character",
        "error",
        "Cell {cell} holds characters that are no text (shown as \\xNN): {value}.",
        "Type the cell anew.",
        "dep\\x001",
    ),
    Code(
        "cell-far-away",
        "warning",
        "{count} cells stand far from the table, first in {value}; they were not read.",
        "Delete them, or move them next to the table.",
        "XFD1048576",
    ),
    Code(
        "sheet-hidden",
        "note",
        "The sheet {table} is hidden in the workbook; it was read like the others.",
        "Nothing, if it is meant to be read.",
    ),
    Code(
        "rows-hidden",
        "note",
        "{count} rows of the sheet are hidden, the first is row {row}; they were read like the others.",
        "Delete them if they are not meant to be read.",
    ),
    Code(
        "columns-hidden",
        "note",
        "Columns {value} are hidden; they were read like the others.",
        "Delete them if they are not meant to be read.",
        "D, E",
    ),
    Code(
        "workbook-1904",
        "note",
        "The workbook counts days from 1904, as old Macintosh programs did; its dates were read so.",
        "Nothing, if the dates are right. If all are four years off, cells were copied from another workbook.",
    ),
    Code(
        "workbook-binary",
        "note",
        "The workbook is in the old binary format; formulas, hidden rows and errors cannot be seen in it. "
        "A cell with an error was read as empty.",
        "Save it as XLSX if you want them checked.",
    ),
)
"""What the readers of text files and spreadsheets may report."""
