"""How likely is a text in one of the encodings of the region? Letter statistics, as plain lookup tables.

A table of log-probabilities per character for Russian (with the letters of Mongolian), Western European, Chinese,
Japanese and Korean text, and the cost of two neighbours that seldom meet (a capital behind a small letter). They
only have to tell readings of the same bytes apart; their constants were tuned by measured accuracy, and are no
linguistics.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

_SIZE = 0x10000
_FLOOR = -16.0
_REPLACED = 0xFFFD
_OTHER, _SMALL, _CAPITAL, _DIGIT, _IDEOGRAPH, _ACCENTED, _PLAIN_SMALL, _PLAIN_CAPITAL = range(8)

_RUSSIAN = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_RUSSIAN_PERCENT = (
    *(11.0, 8.4, 8.0, 7.4, 6.7, 6.3, 5.5, 4.7, 4.5, 4.4, 3.5, 3.2, 3.0, 2.8, 2.6, 2.0, 1.9, 1.7),
    *(1.7, 1.6, 1.6, 1.4, 1.2, 1.0, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.1, 0.1),
)
_WESTERN = "°éèàêçñáíóúüöäßøåæãõôîïâëûùÉÖÄÜÅØ’–“”‘—…«»·²³±½"
_HANZI = (
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当"
    "想看文无开手用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问"
    "力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市区站点相机编号物种"
    "数量日期时间经度纬度海拔调查观测记录监测样本备注虎豹熊鹿狍猪狐狼鹤雁鸭东北林场保护湿地河沟岭红外拍摄布设雌雄幼成体粪便血液检测阴性阳"
    "尔亚克拉斯马尼巴利达维诺罗普莱因蒂卡伊萨瓦德布特金丹费兰语安哥圣群岛属洲奥迪基纳贝莫"
    "性病毒疫苗个体左右侧清晰完整天气风温度雪珲春延边吉林黑龙江内蒙古境线号表单位结果方法来源地点县镇村乡自然类型状态"
)
_HANGUL = (
    "이다는의에을가고를하은지로서한인어자기도사리나아일들대시수그있정부전주해동보것과구제만여상장으원조공조러성스마면안게세무유라연오적관신중문"
    "계물소비거화우선생위치간회용경되던했할년월일명발분내북남강산호랑이표범반달곰사슴고라니멧돼지여우늑대두루미기러기오리관찰조사날짜시간위도"
    "경도고도종개체수번호카메라지점비고지역서식지보호구역습지시료검사결과음성양성바이러스백신암수새끼성체왼쪽오른쪽황새저어새논밭숲하천두만강"
)
_KANJI = (
    "日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木聞食車何南万"
    "毎白天母火右読友左休父雨回数場所発定地者方面会全力新物部代市最同現重性調動体表度種号撮影機観察記録個緯経標確認備考調査地点林森湿湾県町村"
    "鳥獣鹿熊狐狸猪鶴鴨雁白虎豹幼雄雌成不明計測温気象採取血液検陰陽結果時刻設置期間回収良好和名学名頭羽自動保護区標高風晴曇雪海道"
)


@dataclass(frozen=True)
class Encoding:
    """A way of writing text: its name, the codec that reads it, and the statistics of what is written so."""

    name: str
    codec: str
    model: str


ENCODINGS = (
    Encoding("windows-1251", "cp1251", "cyrillic"),
    Encoding("koi8-r", "koi8_r", "cyrillic"),
    Encoding("ibm866", "cp866", "cyrillic"),
    Encoding("windows-1252", "cp1252", "western"),
    Encoding("gb18030", "gb18030", "chinese"),
    Encoding("cp949", "cp949", "korean"),
    Encoding("cp932", "cp932", "japanese"),
    Encoding("euc-jp", "euc_jp", "japanese"),
)
"""The encodings without a mark that are told apart; UTF-8 and UTF-16 are recognised by their structure."""


def likelihood(text: str, model: str) -> NDArray[np.float64]:
    """Return the log-probability of each character of a text; those of ASCII are nought.

    >>> good, bad = (likelihood(text, "cyrillic").sum() for text in ("Леопард", "кЕНОЮПД"))
    >>> bool(good > bad)
    True
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    plain = np.minimum(points, _SIZE - 1)
    scores = _table(model)[plain].astype(np.float64)
    scores[points >= _SIZE] = _FLOOR
    kinds = _kinds()[plain]
    behind = _neighbours(model)[kinds[:-1], kinds[1:]]
    scores[1:] += np.where((points[1:] < 128) & (points[:-1] < 128), 0.0, behind)
    return scores


@cache
def _kinds() -> NDArray[np.int8]:
    kinds = np.full(_SIZE, _OTHER, dtype=np.int8)
    kinds[ord("a") : ord("z") + 1] = _PLAIN_SMALL
    kinds[ord("A") : ord("Z") + 1] = _PLAIN_CAPITAL
    kinds[ord("0") : ord("9") + 1] = _DIGIT
    for point in range(0xC0, 0x530):
        if chr(point).isalpha():
            small = chr(point).islower()
            kinds[point] = _ACCENTED if point < 0x250 else (_SMALL if small else _CAPITAL)
    kinds[0x3040:0xA000] = kinds[0xAC00:0xD7B0] = kinds[0xF900:0xFB00] = kinds[0xFF66:0xFFA0] = _IDEOGRAPH
    return kinds


@cache
def _neighbours(model: str) -> NDArray[np.float64]:
    cost = np.zeros((8, 8))
    plain = (_PLAIN_SMALL, _PLAIN_CAPITAL)
    if model == "cyrillic":
        cost[_SMALL, _CAPITAL] = -5.0
        cost[_CAPITAL, _CAPITAL] = -1.5
        cost[_OTHER, _CAPITAL] = 1.5
        # A word is written in one alphabet.
        cost[plain, _SMALL] = cost[_SMALL, plain] = -4.0
        cost[plain, _CAPITAL] = cost[_CAPITAL, plain] = -3.0
    if model == "western":
        # An accented letter stands alone among plain ones; rows of them are another script misread.
        cost[_ACCENTED, _ACCENTED] = -4.5
        cost[plain, _ACCENTED] = cost[_ACCENTED, plain] = 1.0
        cost[_OTHER, _ACCENTED] = cost[_ACCENTED, _OTHER] = -1.0
        cost[_DIGIT, _ACCENTED] = cost[_ACCENTED, _DIGIT] = -3.0
    if model in ("chinese", "korean", "japanese"):
        cost[_PLAIN_SMALL, _IDEOGRAPH] = cost[_IDEOGRAPH, _PLAIN_SMALL] = -3.0
        cost[_PLAIN_CAPITAL, _IDEOGRAPH] = cost[_IDEOGRAPH, _PLAIN_CAPITAL] = -0.7
    return cost


@cache
def _table(model: str) -> NDArray[np.float32]:
    table = np.full(_SIZE, _FLOOR, dtype=np.float32)
    _TABLES[model](table)
    table[:128] = 0.0
    table[0x80:0xA0] = _FLOOR
    table[_REPLACED] = -20.0
    return table


def _set(table: NDArray[np.float32], characters: str, share: float) -> None:
    """Give a set of characters an equal part of a share of the text, where they have not more already."""
    points = [ord(c) for c in dict.fromkeys(characters) if ord(c) < _SIZE]
    if points:
        table[points] = np.maximum(table[points], np.log(share / len(points)))


def _cyrillic(table: NDArray[np.float32]) -> None:
    _set(table, "іїєґўјљњћџђѓќѕІЇЄҐЎЈЉЊЋЏЂЃЌЅ", 0.001)
    _set(table, "ӨөҮү", 0.001)
    _set(table, "№«»–—°…“”„’±§", 0.03)
    for letter, percent in zip(_RUSSIAN, _RUSSIAN_PERCENT, strict=True):
        table[ord(letter)] = np.log(percent / 100 * 0.9)
        table[ord(letter.upper())] = np.log(percent / 100 * 0.06)


def _western(table: NDArray[np.float32]) -> None:
    _set(table, "".join(chr(p) for p in range(0xA0, 0x180)), 0.03)
    _set(table, "€‚ƒ„†‡ˆ‰ŠŒŽšœžŸ•™", 0.005)
    for rank, letter in enumerate(_WESTERN):
        table[ord(letter)] = np.log(0.9 / (rank + 4) / 2.6)
    table[ord("°")] = np.log(0.15)


def _square(codec: str, leads: range, trails: range) -> str:
    """Return the characters of a range of rows of a two-byte character set."""
    return b"".join(bytes((lead, trail)) for lead in leads for trail in trails).decode(codec, "ignore")


def _chinese(table: NDArray[np.float32]) -> None:
    cells = range(0xA1, 0xFF)
    _set(table, "".join(chr(p) for p in range(0x4E00, 0x9FA6)), 0.004)
    _set(table, _square("gb2312", range(0xD8, 0xF8), cells), 0.02)
    _set(table, _square("gb2312", range(0xB0, 0xD8), cells), 0.40)
    _set(table, _square("gb2312", range(0xA1, 0xA4), cells), 0.01)
    _set(table, "，。、：；（）“”—·°《》【】？！％～", 0.06)
    _set(table, _HANZI, 0.55)


def _korean(table: NDArray[np.float32]) -> None:
    cells = range(0xA1, 0xFF)
    _set(table, "".join(chr(p) for p in range(0xAC00, 0xD7A4)), 0.003)
    _set(table, _square("euc_kr", range(0xCA, 0xFE), cells), 0.005)
    _set(table, _square("euc_kr", range(0xB0, 0xC9), cells), 0.35)
    _set(table, _square("euc_kr", range(0xA1, 0xA4), cells), 0.01)
    _set(table, "·°“”‘’（）、。", 0.01)
    _set(table, _HANGUL, 0.63)


def _japanese(table: NDArray[np.float32]) -> None:
    cells = range(0xA1, 0xFF)
    _set(table, "".join(chr(p) for p in range(0xFF61, 0xFFA0)), 0.003)
    _set(table, _square("euc_jp", range(0xD0, 0xF5), cells), 0.008)
    _set(table, _square("euc_jp", range(0xB0, 0xD0), cells), 0.20)
    _set(table, _square("euc_jp", range(0xA1, 0xA4), cells), 0.01)
    _set(table, "、。・ー（）「」：〜～／", 0.06)
    _set(table, "".join(chr(p) for p in range(0x3041, 0x3094)), 0.27)
    _set(table, "".join(chr(p) for p in range(0x30A1, 0x30F5)), 0.22)
    _set(table, _KANJI, 0.25)


_TABLES: Mapping[str, Callable[[NDArray[np.float32]], None]] = MappingProxyType(
    {"cyrillic": _cyrillic, "western": _western, "chinese": _chinese, "korean": _korean, "japanese": _japanese}
)
