"""The words of the comments in a mapping that `tumen convert --guess` proposes."""

INTRO = "Proposed from {files}. Nothing in here is certain: read every line, correct it, and save it beside the tables."
MEASURE = "Certainty says how well headers and cells fit what is known of such tables; it is no probability."
OPEN = "Replace every REQUIRED. Until then the mapping is refused: what stands there cannot be known from the tables."
PARTY = "REQUIRED: who owns these tables, such as north-reserve."
COUNTRY = "Add the country of the party if it has one, such as RU."
ZONE = "REQUIRED: the zone of the clocks, such as Asia/Vladivostok; {count} columns hold times without an offset."
SYSTEM = "REQUIRED: the system of the coordinates; EPSG:4326 for degrees as GPS receivers show them."
DECIMAL_FOUND = "Numbers such as {example} were found."
DECIMAL_OPEN = 'REQUIRED: "," or "."; {example} can be read both ways.'
MISSING_OPEN = (
    "REQUIRED: cells that may mean missing. Take out REQUIRED, and every word that means something, such as none."
)
ENCODING = "Recognised with {percent} % certainty."
ENCODING_OPEN = "REQUIRED: {value} is the likeliest encoding, with only {percent} % certainty. It reads: {example}."
DELIMITER = "{percent} % certain."
HEADER_ROW = "The first row that looks like a header."
TABLE = "Certainty {percent} %: {count} of {all} columns fit this table."
TABLE_OPEN = "REQUIRED: the table of the protocol; none fits well. The nearest: {near}."
BY_HEADER = "Certainty {percent} %: the header says so."
BY_ALIKE = "Certainty {percent} %: the header is like {word}."
BY_CELLS = "Certainty {percent} %: the cells look like it ({example})."
UNSURE = "Certainty only {percent} %; take the first # away if it is right."
FORMAT_OPEN = "REQUIRED format: {example} fits {formats}."
FORMAT_NONE = "REQUIRED format: {example} fits no known format; write it with %Y, %m, %d, %H, %M."
WHOLE_DAY = 'REQUIRED wholeDay: "start" or "end", for {example} has no time of day.'
WORDS_OPEN = "REQUIRED: the words without a translation."
UNIT_OPEN = "REQUIRED unit: the protocol wants {unit}."
LACKING = "REQUIRED: no column looks like it. Name one, or write a value for all rows: {{ value = ... }}. {meaning}"
LACKING_KEY = (
    "REQUIRED: no column names the rows. Name one, join several that do so together, or number the rows: "
    '{{ column = "(row)", prefix = "row-" }}. {meaning}'
)
EMPTY_OPEN = "REQUIRED empty: what an empty cell means: notCounted, zero or noRow."
UNMAPPED = "Without a place so far, carried along as they are: {columns}. Map them, or write them into ignore."

GUESS_TEXTS: tuple[str, ...] = (
    INTRO,
    MEASURE,
    OPEN,
    PARTY,
    COUNTRY,
    ZONE,
    SYSTEM,
    DECIMAL_FOUND,
    DECIMAL_OPEN,
    MISSING_OPEN,
    ENCODING,
    ENCODING_OPEN,
    DELIMITER,
    HEADER_ROW,
    TABLE,
    TABLE_OPEN,
    BY_HEADER,
    BY_ALIKE,
    BY_CELLS,
    UNSURE,
    FORMAT_OPEN,
    FORMAT_NONE,
    WHOLE_DAY,
    WORDS_OPEN,
    UNIT_OPEN,
    LACKING,
    LACKING_KEY,
    EMPTY_OPEN,
    UNMAPPED,
)
"""Every text, for the translators."""
