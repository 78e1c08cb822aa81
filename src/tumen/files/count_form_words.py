"""By which words is a form of a count known?  Labels and terms in the six languages, found by their text alone.

A form is recognised by what is written on it: a label of this list, or nothing. Labels are compared without capitals,
colons, stars and what stands in brackets behind them.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

_LABELS: Mapping[str, str] = {
    "siteName": "site name|name of site|site|wetland|название участка|участок|водоём|водоем|название водоёма|"
    "地点名称|"
    "地点|湿地名称|样地|조사지|조사지점|지점명|습지명|調査地|調査地名|地点名|湿地名|газрын нэр|нуурын нэр|"
    "цэгийн нэр",
    "siteID": "site code|site id|siteid|code of site|код участка|номер участка|地点编号|地点代码|조사지 번호|"
    "지점 코드|"
    "調査地コード|地点コード|调查点编号|газрын код|цэгийн код",
    "countryCode": "country|страна|国家|국가|나라|国|улс",
    "latitude": "latitude|lat|широта|纬度|위도|緯度|өргөрөг",
    "longitude": "longitude|long|lon|долгота|经度|경도|経度|уртраг",
    "coordinates": "coordinates|координаты|坐标|좌표|座標|солбицол",
    "datum": "datum|geodetic datum|система координат|大地基准|측지계|測地系|солбицлын систем",
    "area": "area|площадь|面积|면적|面積|талбай",
    "boundary": "boundary|boundaries|site boundary|граница|границы|边界|경계|境界|хил",
    "countGroup": "complex|site complex|count group|комплекс|复合湿地|湿地群|습지군|複合湿地|湿地複合体|цогцолбор",
    "partOf": "parent site|part of|входит в|所属地点|상위 조사지|上位調査地|харьяалах газар",
    "visitDate": "date|date of count|count date|дата|дата учёта|дата учета|日期|调查日期|날짜|조사일|조사일자|"
    "日付|調査日|"
    "調査年月日|огноо",
    "visitStart": "start|start time|time start|time started|начало|время начала|开始时间|시작 시간|시작시각|"
    "開始時刻|開始時間|"
    "эхэлсэн цаг",
    "visitEnd": "end|end time|time end|time finished|finish time|конец|окончание|время окончания|结束时间|"
    "종료 시간|"
    "종료시각|終了時刻|終了時間|дууссан цаг",
    "coverage": "coverage|охват|полнота учёта|полнота учета|覆盖度|覆盖情况|覆盖范围|조사 범위|조사범위|"
    "調査範囲|хамралт",
    "coveragePercent": "coverage %|percent covered|coverage percent|percentage covered|охват %|процент охвата|"
    "覆盖百分比|조사 비율|조사율|調査率|хамралтын хувь",
    "groupsCounted": "groups counted|groups covered|species groups counted|учтённые группы|учтенные группы|"
    "调查类群|"
    "계수 대상|조사 분류군|調査対象|調査対象群|тоолсон бүлэг",
    "method": "method|count method|метод|метод учёта|метод учета|способ учёта|способ учета|调查方法|方法|"
    "조사 방법|조사방법|"
    "調査方法|арга|тооллогын арга",
    "observers": "observers|observer|number of observers|counters|counter|учётчики|учетчики|наблюдатели|"
    "наблюдатель|"
    "число наблюдателей|调查人员|调查人|观察者|조사자|조사원|관찰자|調査者|調査員|観察者|ажиглагч",
    "weather": "weather|погода|天气|날씨|天候|天気|цаг агаар",
    "ice": "ice|ice cover|лёд|лед|ледовая обстановка|冰情|结冰|结冰情况|결빙|결빙 상태|結氷|мөс",
    "water": "water level|water|уровень воды|水位|수위|усны түвшин",
    "tide": "tide|прилив|приливы|潮汐|潮位|조석|물때|潮|далайн түрлэг",
    "disturbance": "disturbance|беспокойство|干扰|방해 요인|방해요인|교란|攪乱|撹乱|人為的攪乱|саад|"
    "саатуулах хүчин зүйл",
    "comments": "comments|remarks|notes|примечания|примечание|замечания|备注|비고|備考|тэмдэглэл",
    "species": "species|scientific name|species name|latin name|вид|латинское название|научное название|学名|"
    "种名|物种|"
    "학명|종명|種名|種|латин нэр|зүйл|шинжлэх ухааны нэр",
    "common": "common name|english name|name|vernacular name|русское название|название|名称|中文名|国名|국명|"
    "한국명|和名|"
    "монгол нэр|нэр",
    "count": "count|number|total|number of birds|total count|no. of birds|number counted|количество|число|"
    "численность|"
    "число птиц|количество птиц|всего|数量|个体数|计数|合计|개체수|개체 수|마릿수|합계|個体数|羽数|合計|тоо|"
    "тоо толгой|нийт",
    "minimum": "minimum|min|минимум|最小|최소|хамгийн бага",
    "maximum": "maximum|max|максимум|最大|최대|хамгийн их",
    "estimated": "estimated|estimate|оценка|估计|추정|推定|ойролцоо",
}

TERMS: Mapping[str, Mapping[str, str]] = {
    "coverage": {
        "complete": "complete|full|whole|all|полный|полностью|полная|полное|完全|全部|完整|전체|완전|全域|бүрэн|бүгд",
        "partial": "partial|part|incomplete|частичный|частично|частичная|неполный|неполная|部分|不完整|일부|"
        "부분|一部|"
        "不完全|хэсэгчлэн|хэсэгчилсэн",
        "notSurveyed": "none|not surveyed|not counted|notsurveyed|no survey|не обследовано|не обследован|"
        "учёт не проводился|учет не проводился|未调查|没有调查|미조사|조사 안 함|未調査|調査せず|тоолоогүй|"
        "судлаагүй",
    },
    "method": {
        "ground": "ground|land|on foot|foot|from the ground|наземный|с берега|пешком|пеший|地面|陆地|步行|지상|"
        "육상|도보|"
        "陸上|地上|徒歩|газраас|явган",
        "boat": "boat|ship|from a boat|лодка|с лодки|судно|с судна|船|船只|乘船|선박|배|船上|завиар|завь",
        "aerial": "aerial|aircraft|plane|helicopter|from the air|авиаучёт|авиаучет|с воздуха|самолёт|самолет|"
        "вертолёт|"
        "вертолет|空中|航空|飞机|항공|航空機|агаараас|онгоц",
        "drone": "drone|uav|дрон|бпла|беспилотник|无人机|드론|무인기|ドローン|無人機|дроноор",
        "roost": "roost|roost count|ночёвка|ночевка|на ночёвке|на ночевке|夜栖地|잠자리|ねぐら|хонох газар",
    },
    "estimated": {
        "true": "true|yes|x|e|est|est.|да|是|예|はい|тийм",
        "false": "false|no|нет|否|아니오|いいえ|үгүй",
    },
}

GROUPS: Mapping[str, str] = {
    "divers": "diver|divers|loon|loons|гагара|гагары|潜鸟|아비류|アビ類",
    "grebes": "grebe|grebes|поганка|поганки|䴙䴘|鸊鷉|논병아리류|カイツブリ類|шунгуурууд",
    "pelicans": "pelican|pelicans|пеликан|пеликаны|鹈鹕|사다새류|ペリカン類|хотон",
    "cormorants": "cormorant|cormorants|баклан|бакланы|鸬鹚|가마우지류|ウ類|гогой",
    "herons": "heron|herons|egret|egrets|herons and egrets|цапля|цапли|鹭|鹭类|백로류|サギ類|дэглий",
    "storks": "stork|storks|аист|аисты|鹳|鹳类|황새류|コウノトリ類|өрөвтас",
    "ibises": "ibis|ibises|spoonbill|spoonbills|ibises and spoonbills|ибис|ибисы|колпица|колпицы|鹮|琵鹭|"
    "저어새류|トキ類",
    "swans": "swan|swans|лебедь|лебеди|天鹅|고니류|ハクチョウ類|хун",
    "geese": "goose|geese|гусь|гуси|雁|雁类|기러기류|ガン類|галуу",
    "ducks": "duck|ducks|утка|утки|鸭|鸭类|오리류|カモ類|нугас",
    "cranes": "crane|cranes|журавль|журавли|鹤|鹤类|두루미류|ツル類|тогоруу",
    "rails": "rail|rails|coot|coots|rails and coots|пастушковые|秧鸡|秧鸡类|뜸부기류|クイナ類",
    "shorebirds": "shorebird|shorebirds|wader|waders|кулик|кулики|鸻鹬|鸻鹬类|도요물떼새류|シギ・チドリ類|"
    "シギチドリ類|элсэг",
    "gulls": "gull|gulls|чайка|чайки|鸥|鸥类|갈매기류|カモメ類|цахлай",
    "terns": "tern|terns|крачка|крачки|燕鸥|燕鸥类|제비갈매기류|アジサシ類|хараалай",
    "otherWaterbirds": "waterbird|waterbirds|other waterbirds|водоплавающие|околоводные|水鸟|水禽|물새류|水鳥|"
    "水鳥類|"
    "усны шувуу",
    "otherAnimals": "other animals|прочие животные|其他动物|기타 동물|その他の動物|бусад амьтад",
}

ALL = "all|all groups|all waterbirds|все|все группы|全部|所有|전체|모두|全て|すべて|бүгд"
UNIDENTIFIED = (
    r"\b(?:unidentified|unident\.?|unid\.?|undetermined|indet\.?|spp?\.?|species)(?![\w.])"
    r"|неопределённ\w*|неопределенн\w*|неопред\.?|неопр\.?|(?:^|\s)вид не определ\w*"
    r"|未识别的?|未鉴定的?|未定种?|不明|未同定|種不明|미동정|미확인|종 미상|тодорхойгүй|(?:^|\s)sp\.?$"
)
"""What says that birds were seen and their species was not."""

TOTALS = "total|totals|grand total|sum|subtotal|всего|итого|合计|总计|小计|합계|총계|소계|合計|総計|小計|нийт|"
"нийт дүн"
NOT_COUNTED = (
    "nc|n.c.|n/c|not counted|not surveyed|notcounted|н/у|не учтено|не учитывали|не учитывался|не считали|"
    "未计数|未统计|未调查|미조사|미계수|未調査|未計数|тоолоогүй"
)
PRESENT = "x|х|+|present|p|есть|встречен|отмечен|присутствует|有|存在|출현|있음|관찰|確認|生息|байсан|ажиглагдсан"
ROUGHLY = (
    r"(?:~|≈|∼|±|c\.?|ca\.?|circa|about|approx\.?|approximately|est\.?|около|ок\.|примерно|прим\."
    r"|约|大约|약|約|およそ|орчим|ойролцоогоор)"
)
COUNTRIES: Mapping[str, str] = {
    "CN": "china|people's republic of china|китай|кнр|中国|중국|хятад",
    "JP": "japan|япония|日本|일본|япон",
    "KP": "dpr korea|dprk|democratic people's republic of korea|north korea|кндр|朝鲜|북한|조선|"
    "조선민주주의인민공화국|"
    "朝鮮民主主義人民共和国|бнасау",
    "KR": "republic of korea|rok|south korea|республика корея|韩国|대한민국|한국|韓国|бнсу",
    "MN": "mongolia|монголия|蒙古|蒙古国|몽골|モンゴル|монгол|монгол улс",
    "RU": "russia|russian federation|россия|российская федерация|рф|俄罗斯|러시아|ロシア|орос|оху",
}


def folded(text: str) -> str:
    """Return a text as labels and names are compared: no capitals, unusual blanks, stars or colon at the end.

    >>> folded("  Site\u00a0Name* : "), folded("Date (dd/mm/yyyy)")
    ('site name', 'date')
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
    bare = re.sub(r"[\s:*]+$", "", re.sub(r"\s*\([^()]*\)[\s:*]*$", "", plain))
    return bare or plain


def _by_text(words: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({folded(text): word for word, texts in words.items() for text in texts.split("|")})


LABEL_OF = _by_text(_LABELS)
"""What a label says: a column of sites or visits, or of a list of species."""
TERM_OF: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {column: _by_text(terms) for column, terms in TERMS.items()}
)
GROUP_OF = _by_text(GROUPS)
COUNTRY_OF = _by_text({**COUNTRIES, **{code: f"{code}|{names}" for code, names in COUNTRIES.items()}})
SITE = ("siteName", "siteID", "countryCode", "latitude", "longitude", "coordinates", "datum", "area", "boundary")
SITE_LABELS = (*SITE, "countGroup", "partOf")
VISIT_LABELS = (
    "visitDate",
    "visitStart",
    "visitEnd",
    "coverage",
    "coveragePercent",
    "groupsCounted",
    "method",
    "observers",
    "weather",
    "ice",
    "water",
    "tide",
    "disturbance",
    "comments",
)
LIST_LABELS = ("species", "common", "count", "minimum", "maximum", "estimated")


def label_of(text: str) -> str | None:
    """Return what a label says, None if it is none: `siteName` for "Site name:" in any of the languages."""
    return LABEL_OF.get(folded(text))


def words_in(texts: str) -> frozenset[str]:
    """Return the words of a list for comparing."""
    return frozenset(folded(text) for text in texts.split("|"))
