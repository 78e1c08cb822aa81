"""What people call the columns and the words of the protocol: headers and cells in the six languages.

Only used to propose a mapping for a person to confirm; nothing is ever read by these alone. Small letters; English,
Russian, Chinese (simplified and, where a header differs, traditional), Korean, Japanese, Mongolian. The standards' own
names are found by their spelling and are not repeated.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _split(lines: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({name: tuple(word.strip() for word in line.split("|")) for name, line in lines.items()})


HEADERS: Mapping[str, tuple[str, ...]] = _split(
    {
        "latitude": "lat|y|широта|ш|сш|с ш|latitude wgs84|纬度|北纬|緯度|北緯|위도|북위|өргөрөг|хойд өргөрөг",
        "longitude": "lon|long|lng|x|долгота|д|вд|в д|经度|东经|經度|経度|東経|경도|동경|уртраг|зүүн уртраг",
        "coordinateUncertainty": "uncertainty|accuracy|gps accuracy|погрешность|точность gps|точность|精度|误差"
        "|정확도|오차|誤差|測位精度|алдаа|нарийвчлал",
        "deploymentID": "deployment|station|camera station|код установки|№ камеры|номер камеры|код станции|станция"
        "|фотоловушка|相机编号|布设编号|点位编号|位点编号|설치번호|카메라번호|지점번호|設置番号|設置id|カメラ番号"
        "|地点番号|байрлуулалтын дугаар|камерын дугаар",
        "locationID": "location|site|place id|код точки|точка|номер точки|地点编号|位置编号|지점코드|장소번호|地点id"
        "|地点コード|цэгийн дугаар|байршлын дугаар",
        "locationName": "place|place name|пункт|название точки|место|地点|地点名称|位置|지점명|장소|지점|地点名|場所"
        "|設置場所|газрын нэр|байршил",
        "deploymentStart": "start|start date|setup date|set date|date set|installed|date installed|дата установки"
        "|установлена|начало|дата начала|布设日期|布设时间|安装日期|开始日期|설치일|설치일자|설치날짜|시작일|設置日"
        "|設置日時|開始日|суурилуулсан огноо|байрлуулсан огноо|эхэлсэн огноо",
        "deploymentEnd": "end|end date|retrieval date|date retrieved|removed|removal date|дата снятия|снята"
        "|окончание|дата окончания|回收日期|取回日期|结束日期|撤收日期|회수일|회수일자|철거일|종료일|回収日|回収日時"
        "|撤収日|終了日|буулгасан огноо|авсан огноо|дууссан огноо",
        "setupBy": "installed by|set by|observer|установил|кто установил|布设人|安装人|설치자|設置者|суурилуулсан хүн",
        "cameraID": "camera|camera serial|serial number|серийный номер|номер аппарата|камера|相机序列号|相机|카메라"
        "|일련번호|カメラ|カメラid|機体番号|камер|серийн дугаар",
        "cameraModel": "model|camera type|модель|модель камеры|相机型号|型号|카메라모델|기종|機種|カメラ機種"
        "|камерын загвар|загвар",
        "cameraHeight": "height|camera height above ground|высота|высота камеры|высота установки|安装高度|高度"
        "|离地高度|설치높이|높이|設置高|高さ|өндөр|камерын өндөр",
        "cameraHeading": "heading|direction|azimuth|азимут|направление|方位|方位角|朝向|방위|방향|向き|чиглэл"
        "|азимут өнцөг",
        "habitat": "biotope|vegetation|биотоп|местообитание|生境|栖息地|植被|서식지|식생|植生|生息環境|амьдрах орчин",
        "baitUse": "bait|приманка|诱饵|餌|미끼|өгөөш",
        "deploymentComments": "",
        "mediaID": "media|file id|photo id|код снимка|номер снимка|照片编号|图片编号|사진번호|写真番号|画像番号"
        "|зургийн дугаар",
        "timestamp": "time|datetime|date time|date taken|datetimeoriginal|photo time|дата и время|дата съемки"
        "|время съемки|дата|拍摄时间|拍摄日期|촬영일시|촬영시간|촬영일|撮影日時|撮影日|авсан цаг|зураг авсан огноо",
        "filePath": "file|filename|file name|path|файл|имя файла|название файла|文件名|文件|照片文件|파일명|파일"
        "|ファイル名|ファイル|файлын нэр",
        "fileName": "",
        "observationID": "record|record id|observation|obs id|obsid|номер записи|№ записи|№ наблюдения"
        "|номер наблюдения|код наблюдения|记录编号|观测编号|관찰번호|기록번호|観察番号|記録番号|бичлэгийн дугаар"
        "|ажиглалтын дугаар",
        "eventID": "event|событие|код события|事件编号|이벤트|イベント|үйл явдал",
        "eventStart": "date|datetime|date time|time|observed|observation date|дата|дата наблюдения|дата и время"
        "|дата встречи|日期|观测日期|观测时间|记录时间|拍摄时间|날짜|관찰일|관찰일시|일시|日付|観察日|観察日時"
        "|撮影日時|огноо|ажигласан огноо",
        "eventEnd": "end time|окончание наблюдения|конец|结束时间|종료시각|終了日時|終了時刻|дууссан цаг",
        "observationType": "object|type|what|объект|тип|类型|对象|유형|대상|対象|種別|төрөл",
        "observationLevel": "level|уровень|级别|수준|レベル|түвшин",
        "scientificName": "species|scientific name|latin name|taxon|вид|научное название|латинское название|латынь"
        "|таксон|学名|拉丁名|物种|物种学名|種名|학명|종명|종|латин нэр|шинжлэх ухааны нэр|зүйл",
        "count": "number|individual count|individuals|n|number of individuals|group size|количество|число"
        "|число особей|кол-во|кол-во особей|数量|个体数|只数|개체수|수|마리수|個体数|頭数|羽数|тоо|тоо толгой"
        "|бодгалийн тоо",
        "sex": "gender|пол|性别|성별|性別|хүйс",
        "lifeStage": "age|age class|stage|возраст|возрастной класс|年龄|年龄段|年龄组|성장단계|나이|연령|齢|成長段階"
        "|年齢|нас|насны бүлэг",
        "behavior": "behaviour|activity|поведение|行为|행동|行動|зан төлөв",
        "individualID": "individual|animal|animal id|cat id|имя|кличка|особь|номер особи|код особи|个体|个体编号"
        "|个体号|개체|개체번호|개체명|個体|個体番号|個体名|бодгаль|бодгалийн дугаар",
        "classifiedBy": "identified by|determined by|определил|кто определил|鉴定人|识别人|동정자|同定者|тодорхойлсон",
        "observationComments": "",
        "comments": "comment|remarks|notes|note|примечание|примечания|комментарий|备注|说明|비고|메모|備考|メモ"
        "|тайлбар|тэмдэглэл",
        "countryCode": "country|страна|国家|국가|国|улс",
        "birthDate": "born|date of birth|дата рождения|出生日期|출생일|誕生日|生年月日|төрсөн огноо",
        "deathDate": "died|date of death|дата смерти|дата гибели|死亡日期|사망일|死亡日|үхсэн огноо",
        "motherID": "mother|мать|母亲|母亲编号|어미|母|母親|эх",
        "start": "from|с|начало периода|开始|시작|開始|эхлэл",
        "end": "to|until|по|конец периода|结束|종료|終了|төгсгөл",
        "status": "state|состояние|статус|状态|상태|状態|төлөв|байдал",
        "searchID": "transect|track|patrol|маршрут|номер маршрута|код маршрута|样线编号|样线|巡护编号|조사번호"
        "|순찰번호|踏査番号|調査番号|маршрутын дугаар",
        "method": "метод|способ|способ учета|方法|调查方法|방법|조사방법|調査方法|手法|арга|арга зүй",
        "distance": "length|track length|длина|длина маршрута|протяженность|长度|样线长度|거리|길이|距離|長さ|зай|урт",
        "observers": "number of observers|число наблюдателей|观测人数|관찰자수|인원|人数|調査員数|ажиглагчийн тоо",
        "sampleID": "sample|sample number|probe|проба|номер пробы|№ пробы|код пробы|образец|样品编号|样本编号|样品"
        "|시료번호|시료|試料番号|サンプル番号|サンプルid|試料|дээжийн дугаар|дээж",
        "collectedOn": "collected|collection date|sampling date|date collected|дата сбора|дата отбора|采集日期"
        "|采样日期|채집일|채취일|採取日|採集日|цуглуулсан огноо|дээж авсан огноо",
        "collectedBy": "collector|сборщик|кто собрал|采集人|채집자|採取者|採集者|цуглуулсан хүн",
        "material": "sample type|тип пробы|материал|样品类型|样本类型|시료종류|재료|試料の種類|材料|дээжийн төрөл",
        "laboratory": "lab|лаборатория|实验室|실험실|研究室|検査機関|лаборатори",
        "locus": "marker|локус|маркер|位点|基因座|유전자좌|마커|遺伝子座|локус маркер",
        "allele1": "allele a|a1|аллель 1|等位基因1|대립유전자1|アリル1|対立遺伝子1|аллель1",
        "allele2": "allele b|a2|аллель 2|等位基因2|대립유전자2|アリル2|対立遺伝子2|аллель2",
        "replicate": "repeat|pcr|повтор|повторность|重复|반복|反復|давталт",
        "testID": "test|номер теста|номер анализа|检测编号|검사번호|検査番号|шинжилгээний дугаар",
        "assayID": "assay|kit|тест-система|набор|检测方法|试剂盒|검사법|키트|検査キット|検査法|оношлуур",
        "testedOn": "test date|дата анализа|дата исследования|检测日期|검사일|検査日|шинжилсэн огноо",
        "outcome": "result|результат|结果|检测结果|결과|검사결과|結果|検査結果|үр дүн|хариу",
        "titre": "titer|титр|滴度|效价|역가|抗体価|титр хэмжээ",
        "pathogen": "disease|virus|возбудитель|болезнь|инфекция|病原|病原体|질병|병원체|疾病|өвчин|үүсгэгч",
        "eventDate": "date|дата события|дата|发生日期|日期|발생일|날짜|発生日|日付|тохиолдсон огноо|огноо",
        "kind": "event type|тип события|вид события|事件类型|유형|종류|種類|төрөл",
        "cause": "cause of death|причина|причина гибели|原因|死因|원인|사인|шалтгаан",
        "siteID": "site code|код участка|код водоема|样地编号|湿地编号|조사지번호|調査地番号|調査地id|талбайн дугаар",
        "siteName": "site name|wetland|участок|водоем|озеро|湿地|湿地名称|样地|조사지|습지명|調査地|調査地名|湿地名"
        "|нуур|талбай",
        "area": "площадь|面积|면적|面積|талбай хэмжээ|талбайн хэмжээ",
        "visitID": "visit|номер учета|код учета|учет|调查编号|조사회차|조사번호|調査回|調査番号|тооллогын дугаар",
        "visitDate": "count date|date|дата учета|дата|调查日期|日期|조사일|조사일자|調査日|調査年月日"
        "|тооллогын огноо|огноо",
        "coverage": "охват|полнота|覆盖|覆盖度|조사범위|カバー|調査範囲|хамрах хүрээ",
        "countID": "count id|номер записи|记录编号|기록번호|記録番号|бичлэгийн дугаар",
        "weather": "погода|天气|날씨|天気|天候|цаг агаар",
        "areaID": "protected area id|код оопт|保护区编号|보호구역번호|保護区番号|хамгаалалттай газрын дугаар",
        "name": "название|наименование|名称|이름|명칭|名前|名称|нэр",
        "designation": "category|категория|статус оопт|类别|级别|지정|指定|ангилал",
    }
)
"""By column of the protocol."""

WORDS: Mapping[str, tuple[str, ...]] = _split(
    {
        "female": "f|самка|♀|雌|雌性|母|암컷|암|メス|♀️|эм|эмэгчин",
        "male": "m|самец|♂|雄|雄性|公|수컷|オス|эр|эрэгчин",
        "adult": "ad|взрослый|взрослая|взр|成体|成年|성체|成獣|成鳥|бие гүйцсэн|том",
        "subadult": "sub|полувзрослый|неполовозрелый|亚成体|아성체|亜成獣|亜成体|залуу",
        "juvenile": "juv|young|cub|молодой|детеныш|котенок|幼体|幼崽|幼年|유체|새끼|어린개체|幼獣|幼体|幼鳥|зулзага"
        "|бамбарууш",
        "animal": "wildlife|животное|зверь|动物|动物个体|동물|動物|амьтан",
        "human": "person|people|человек|люди|人|人员|사람|人間|ヒト|hito|хүн",
        "vehicle": "car|машина|транспорт|автомобиль|车辆|车|차량|車両|車|машин|тээврийн хэрэгсэл",
        "blank": "none|empty|пусто|пустой|пустая|空|空拍|无|공백|없음|空白|空撮り|хоосон",
        "unknown": "неизвестно|не определено|неопр|未知|不明|미상|불명|тодорхойгүй",
        "operating": "working|ok|работает|работала|исправна|正常|工作|정상|작동|稼働|正常稼働|ажилласан|хэвийн",
        "failed": "не работает|не работала|сломана|отказ|故障|고장|故障中|эвдэрсэн|ажиллаагүй",
        "stolen": "украдена|похищена|被盗|丢失|도난|盗難|хулгайд алдсан",
        "faeces": "scat|feces|фекалии|экскременты|помет|粪便|분변|배설물|糞|糞便|баас|ялгадас",
        "hair": "волос|шерсть|毛发|毛|털|体毛|үс",
        "blood": "кровь|血液|血|혈액|цус",
        "tissue": "ткань|мышца|组织|肌肉|조직|組織|эд",
        "serum": "сыворотка|血清|혈청|ийлдэс",
        "feather": "перо|羽毛|깃털|羽|өд",
        "positive": "pos|положительный|положительно|阳性|양성|陽性|эерэг",
        "negative": "neg|отрицательный|отрицательно|阴性|음성|陰性|сөрөг",
        "inconclusive": "сомнительный|сомнительно|可疑|의심|疑陽性|判定保留|эргэлзээтэй",
        "complete": "full|полный|полностью|完整|全部|전체|全域|бүрэн",
        "partial": "частичный|частично|部分|일부|一部|хэсэгчилсэн",
        "counted": "учтено|已计数|조사함|計数|тоолсон",
        "notCounted": "not counted|не учтено|не учитывали|未计数|미조사|未計数|тоолоогүй",
        "true": "yes|y|да|是|有|예|有り|はい|あり|тийм",
        "false": "no|n|нет|否|没有|아니오|なし|いいえ|無し|үгүй",
        "dead": "found dead|мертвый|погиб|труп|死亡|사체|폐사|死体|үхсэн",
        "footPatrol": "foot|пешком|пеший|徒步|步行|도보|徒歩|явган",
    }
)
"""By word of a vocabulary (`true` and `false` for columns that hold nothing else)."""

FILES: Mapping[str, tuple[str, ...]] = _split(
    {
        "deployments": "deployment|station|camera|станци|установк|фотоловушк|камер|布设|相机|点位|설치|카메라|지점"
        "|設置|カメラ|байрлуул|idep|dep",
        "observations": "observation|record|detection|obs|наблюдени|встреч|регистраци|记录|观测|관찰|기록|観察|記録"
        "|ажиглалт",
        "media": "media|photo|image|файл|снимк|фото|照片|图片|사진|写真|画像|зураг",
        "individuals": "individual|animals|особ|животны|个体|개체|個体|бодгал",
        "samples": "sample|проб|образц|样品|样本|시료|試料|サンプル|дээж",
        "genotypes": "genotype|генотип|基因型|유전자형|遺伝子型",
        "sites": "site|участк|водоем|湿地|조사지|調査地|талбай",
        "visits": "visit|учет|调查|조사|調査|тооллого",
        "counts": "count|числен|птиц|数量|鸟|조류|鳥|шувуу",
        "searches": "search|transect|patrol|маршрут|патрул|样线|巡护|순찰|踏査|эргүүл",
        "health_events": "mortality|гибел|смертност|死亡|폐사|死体|үхэл",
        "tests": "test|анализ|检测|검사|検査|шинжилгээ",
    }
)
"""By table: parts of file and sheet names."""
