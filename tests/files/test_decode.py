import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.files.decode import Decoded, decode

WORDS = {
    "ru": (
        "Амурский тигр|Дальневосточный леопард|Пятнистый олень|Кабан|Изюбрь|"
        "Кабарга|Даурский журавль|Земля леопарда|р. Нарва|Хасанский район|"
        "самка|следы на снегу|камера неисправна|котёнок|не определён"
    ),
    "zh": (
        "东北虎|东北豹|梅花鹿|西伯利亚狍|野猪|"
        "亚洲黑熊|赤狐|丹顶鹤|东方白鹳|中华秋沙鸭|"
        "珲春自然保护区|图们江|敬信湿地|雪地足迹|电池耗尽|"
        "牧民放牛|克拉斯诺亚尔斯克"
    ),
    "ko": (
        "호랑이|표범|꽃사슴|고라니|멧돼지|"
        "반달가슴곰|두루미|재두루미|황새|저어새|"
        "두만강 하구|철원평야|눈 위 발자국|카메라 고장|배터리 방전"
    ),
    "ja": (
        "アムールトラ|ニホンジカ|イノシシ|ツキノワグマ|タンチョウ|"
        "マナヅル|コウノトリ|釧路湿原|知床半島|対馬市|"
        "雪上の足跡|カメラの故障|電池切れ|水飲み場"
    ),
    "fr": (
        "Müller ridge|Café|Père David’s deer|Île d’Orléans|São João|50 °C|Sørensen’s camp|Länsstyrelsen|résumé|naïve"
    ),
}
ENCODED = [
    ("ru", "windows-1251", "cp1251"),
    ("ru", "koi8-r", "koi8_r"),
    ("ru", "ibm866", "cp866"),
    ("zh", "gb18030", "gb18030"),
    ("ko", "cp949", "cp949"),
    ("ja", "cp932", "cp932"),
    ("ja", "euc-jp", "euc_jp"),
    ("fr", "windows-1252", "cp1252"),
]


def table(language: str, rows: int, seed: int) -> str:
    rng = np.random.default_rng(seed)
    words = WORDS[language].split("|")
    delimiter = str(rng.choice([",", ";", "\t"]))
    lines = [
        delimiter.join((f"K{n:02d}", f"{rng.uniform(40, 50):.5f}", rng.choice(words), "12.05.2014", rng.choice(words)))
        for n in range(rows)
    ]
    return "\n".join(lines) + "\n"


def places(decoded: Decoded) -> list[tuple[str, int | None, str]]:
    return decoded.findings.select("code", "row", "value").rows()


@pytest.mark.parametrize(("language", "name", "codec"), ENCODED)
@pytest.mark.parametrize("rows", [4, 30, 300])
def test_a_short_and_a_long_table_are_recognised(language, name, codec, rows):
    for seed in range(5):
        text = table(language, rows, seed)
        decoded = decode(text.encode(codec), name="cats")
        assert (decoded.encoding, decoded.text) == (name, text)
        assert decoded.findings["code"].to_list() in (["encoding-detected"], ["encoding-doubtful"])


@pytest.mark.parametrize(("language", "name", "codec"), ENCODED)
def test_one_word_alone_is_read_rightly_or_doubted(language, name, codec):
    """The sin is to be wrong and sure."""
    for word in WORDS[language].split("|"):
        text = f"station,comments\nK1,{word}\nK2,\n"
        decoded = decode(text.encode(codec))
        if decoded.text != text:
            assert decoded.confidence < 0.95, (word, decoded.encoding)
            assert decoded.findings["code"].to_list() == ["encoding-doubtful"]


def test_a_doubt_shows_the_words_in_each_reading():
    (row,) = decode("station,comments\nK1,马滴达\n".encode("gb18030"), name="cats").findings.to_dicts()
    assert (row["code"], row["severity"], row["table"]) == ("encoding-doubtful", "warning", "cats")
    assert "gb18030: 马滴达" in row["arguments"]
    assert "cp949: " in row["arguments"]


def test_ascii_and_utf_8_are_no_finding():
    for data in (b"a,b\n1,2\n", "вид\nтигр\n".encode(), b""):
        decoded = decode(data)
        assert decoded.encoding == "utf-8"
        assert decoded.confidence > 0.99
        assert decoded.findings.is_empty()


def test_one_strange_character_that_happens_to_be_utf_8_is_doubted():
    decoded = decode("a\nла\n".encode("cp866"))
    assert decoded.findings["code"].to_list() in (["encoding-doubtful"], ["encoding-detected"])
    decoded = decode("a,\u282b\u282d\n".encode())
    assert (decoded.encoding, decoded.confidence) == ("utf-8", 0.5)
    assert decoded.findings["code"].to_list() == ["encoding-doubtful"]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_is_believed_and_taken_away(codec):
    decoded = decode("вид\n虎\n".encode(codec))
    assert decoded.text == "вид\n虎\n"
    assert decoded.confidence == 1.0
    assert decoded.findings.is_empty()


def test_a_mark_that_contradicts_the_declaration_is_a_finding():
    decoded = decode("вид\n".encode("utf-16"), declared="windows-1251")
    assert decoded.text == "вид\n"
    assert places(decoded) == [("encoding-differs", None, "utf-16-le")]
    assert decode("вид\n".encode("utf-16"), declared="utf-16").findings.is_empty()
    assert places(decode("вид\n".encode("utf-16"), declared="utf-99")) == [("encoding-unknown", None, "utf-99")]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_mark(codec):
    decoded = decode(table("zh", 5, 1).encode(codec))
    assert (decoded.encoding, decoded.text) == (codec, table("zh", 5, 1))
    assert places(decoded) == [("encoding-detected", None, codec)]


def test_null_bytes_do_not_make_utf_16():
    decoded = decode(b"a,b\nx\x00y,2\n")
    assert (decoded.encoding, decoded.text) == ("utf-8", "a,b\nx\x00y,2\n")


def test_a_declared_encoding_is_used_and_never_replaced():
    assert decode("вид\nтигр\n".encode("cp1251"), declared="windows-1251").text == "вид\nтигр\n"
    decoded = decode("вид\nтигр\n".encode(), declared="cp1251")
    assert decoded.text == "вид\nтигр\n".encode().decode("cp1251")
    assert places(decoded) == [("encoding-declared-doubtful", None, "utf-8")]


def test_an_unknown_encoding_is_a_finding():
    assert places(decode(b"a\n1\n", declared="utf-9")) == [("encoding-unknown", None, "utf-9")]


def test_lines_in_another_encoding_are_shown_as_they_were_meant():
    lines = [f"K{n},Амурский тигр, самка {n}\n".encode() for n in range(9)]
    lines[4] = "K4,Дальневосточный леопард\n".encode("cp1251")
    decoded = decode(b"station,species\n" + b"".join(lines))
    assert "K4,Дальневосточный леопард\n" in decoded.text
    assert places(decoded) == [("encoding-mixed", 6, "K4,Дальневосточный леопард")]


def test_chinese_rows_in_a_russian_file_are_found_too():
    lines = [f"K{n},Амурский тигр, самка\n".encode("cp1251") for n in range(9)]
    lines[3] = "K3,东北虎和东北豹,雪地足迹\n".encode("gb18030")
    decoded = decode(b"".join(lines))
    assert decoded.encoding == "windows-1251"
    assert "K3,东北虎和东北豹,雪地足迹\n" in decoded.text
    assert ("encoding-mixed", 4, "K3,东北虎和东北豹,雪地足迹") in places(decoded)


def test_a_line_break_inside_quotes_begins_no_row():
    lines = [b'id,note\n1,"a\nb"\n', *["2,Амурский тигр\n".encode()] * 3, "3,Леопард и кабан\n".encode("cp1251")]
    assert places(decode(b"".join(lines))) == [("encoding-mixed", 6, "3,Леопард и кабан")]


def test_bytes_that_are_no_text_are_shown():
    decoded = decode("a\nтигр\n".encode() + b"\xff\xfe\n", declared="utf-8")
    assert decoded.text == "a\nтигр\n\\xff\\xfe\n"
    assert places(decoded) == [("line-undecodable", 3, "\\xff\\xfe")]
    decoded = decode(b"\xff\xfea\x00\x00\xd8")
    assert decoded.findings["code"].to_list() == ["text-undecodable"]


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded(data):
    decoded = decode(data)
    assert 0.0 <= decoded.confidence <= 1.0
    decoded.text.encode()
    assert isinstance(decoded.findings, pl.DataFrame)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\ufeff"), min_size=20))
def test_utf_8_is_read_back_whatever_it_holds(text):
    if "\x00" not in text:
        assert decode(text.encode()).text == text


@pytest.mark.parametrize("encoding", ["\0", "a\0b"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_declaration_that_names_no_encoding_is_told(encoding, mark):
    decoded = decode(mark + "é".encode(), declared=encoding)
    assert decoded.text == "é"
    assert decoded.findings["code"].to_list() == ["encoding-unknown"]
