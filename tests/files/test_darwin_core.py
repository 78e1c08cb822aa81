import contextlib
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from tumen.errors import FormatError, MisuseError
from tumen.files.darwin_core import read
from tumen.tables.checks import check
from tumen.tables.package import Package

EVENTS = """\
eventID,eventDate,eventTime,locationID,locality,countryCode,decimalLatitude,decimalLongitude,geodeticDatum,samplingEffort
v1,2015-01-10,08:00/12:00,mouth,River mouth,KR,37.5,126.6,WGS84,all
v2,2015-01-11,NA/NA,mouth,River mouth,KR,37.5,126.6,WGS84,half
v3,2015-02-10,09:30/NA,creek,Creek,KR,37.6,126.5,WGS84,
"""
OCCURRENCES = """\
occurrenceID,eventID,scientificName,individualCount,occurrenceStatus,occurrenceRemarks,taxonRank
o1,v1,Anser fabalis,120,present,,species
o2,v1,Grus grus,0,absent,,species
o3,v2,Grus grus,,absent,,species
o4,v2,Platalea minor,,present,,species
o5,v3,Anas,40,present, | count for only c.50% of area,genus
"""
TERMS = "http://rs.tdwg.org/dwc/terms/"


def pair(folder: Path, events: str = EVENTS, occurrences: str = OCCURRENCES, **said) -> Package:
    (folder / "events.csv").write_text(events, encoding="utf-8")
    (folder / "occurrences.csv").write_text(occurrences, encoding="utf-8")
    return read(folder, party="estuary", country="KR", **said)


def table(kind: str, file: str, *fields: str, core: bool, settings: str = "") -> str:
    """One part of a meta.xml; a field is a term, or a term with its default."""
    described = "".join(
        f'<field {"" if "=" in term else f"index={chr(34)}{n}{chr(34)}"} term="{TERMS}{term.split("=")[0]}"'
        + (f' default="{term.split("=")[1]}"' if "=" in term else "")
        + "/>"
        for n, term in enumerate(fields)
        if term
    )
    tag, key = ("core", "id") if core else ("extension", "coreid")
    return (
        f'<{tag} rowType="{TERMS}{kind}" encoding="UTF-8" {settings}><files><location>{file}</location></files>'
        f'<{key} index="0"/>{described}</{tag}>'
    )


def archive(path: Path, meta: str, **files: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("meta.xml", f'<archive xmlns="http://rs.tdwg.org/dwc/text/">{meta}</archive>')
        for name, data in files.items():
            packed.writestr(name.replace("_", "."), data)
    return path


TAB = 'fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy="" ignoreHeaderLines="1"'
META = table(
    "Event", "event.txt", "", "eventID", "eventDate", "locationID", "decimalLatitude", "decimalLongitude",
    "geodeticDatum=WGS84", "countryCode=KR", core=True, settings=TAB,
) + table(
    "Occurrence", "occurrence.txt", "", "occurrenceID", "scientificName", "individualCount", core=False, settings=TAB
)  # fmt: skip
EVENT_TXT = "id\tev\tdate\tloc\tlat\tlon\n1\tvisit-1\t2015-01-10\tmouth\t37.5\t126.6\n"
OCCURRENCE_TXT = 'core\tid\tname\tn\n1\to1\tAnser "fabalis"\t120\n9\to2\tGrus grus\t2\n'


def of(package: Package, code: str) -> pl.DataFrame:
    return package.findings.filter(code=code)


def test_events_become_visits_and_their_places_sites(tmp_path):
    given = pair(tmp_path, time_zone="Asia/Seoul")
    assert given.received["visits"].select("visitID", "siteID", "visitDate", "visitStart", "visitEnd").rows() == [
        ("v1", "mouth", "2015-01-10", "2015-01-10T08:00:00+09:00", "2015-01-10T12:00:00+09:00"),
        ("v2", "mouth", "2015-01-11", None, None),
        ("v3", "creek", "2015-02-10", "2015-02-10T09:30:00+09:00", None),
    ]
    assert given.table("sites").select("siteID", "siteName", "countryCode", "latitude", "longitude").rows() == [
        ("mouth", "River mouth", "KR", 37.5, 126.6),
        ("creek", "Creek", "KR", 37.6, 126.5),
    ]
    assert given.format == "dwc-a"


def test_an_empty_number_is_no_zero(tmp_path):
    given = pair(tmp_path)
    assert given.table("counts").select("countID", "visitID", "status", "count").rows() == [
        ("o1", "v1", "counted", 120),
        ("o2", "v1", "counted", 0),
        ("o3", "v2", "counted", 0),
        ("o4", "v2", "notCounted", None),
        ("o5", "v3", "counted", 40),
    ]
    assert '"count": 1' in of(given, "absence-as-zero")["arguments"].item()
    assert '"count": 1' in of(given, "present-without-number")["arguments"].item()


def test_a_number_against_the_status_is_an_error(tmp_path):
    given = pair(tmp_path, occurrences=OCCURRENCES.replace("Grus grus,0,absent", "Grus grus,3,absent"))
    assert of(given, "count-against-status").select("row", "value").row(0) == (3, "3")
    assert of(pair(tmp_path), "count-against-status").is_empty()
    given = pair(tmp_path, occurrences=OCCURRENCES.replace("120,present", "0,present"))
    assert of(given, "count-against-status").select("row", "value").row(0) == (2, "0")


def test_withheld_numbers_stay_withheld(tmp_path):
    occurrences = "occurrenceID,eventID,scientificName,individualCount,informationWithheld\no1,v1,Grus grus,,number\n"
    occurrences += "o2,v1,Anser anser,1,\n"
    given = pair(tmp_path, occurrences=occurrences)
    assert given.table("counts")["status"].to_list() == ["withheld", "counted"]
    assert given.table("counts")["comments"].to_list() == ["informationWithheld:number", None]


def test_remarks_are_kept_and_those_that_qualify_a_number_are_counted(tmp_path):
    given = pair(tmp_path)
    assert given.table("counts")["comments"][4] == ("occurrenceRemarks:count for only c.50% of area | taxonRank:genus")
    assert of(given, "remarks-qualify")["value"].item() == "count for only c.50% of area"
    assert of(given, "taxon-above-species")["value"].item() == "Anas (genus)"
    plain = pair(tmp_path, occurrences=OCCURRENCES.replace(" | count for only c.50% of area,genus", ",species"))
    assert of(plain, "remarks-qualify").is_empty()
    assert of(plain, "taxon-above-species").is_empty()


@pytest.mark.parametrize("said", ["2015-01-10/2015-01-11", "2015", "2015-01", "2015-01-10T23:30:00Z", "January 10"])
def test_a_date_that_is_no_day_gives_none(tmp_path, said):
    given = pair(tmp_path, EVENTS.replace("2015-01-10", said))
    assert given.table("visits")["visitDate"][0] is None
    assert of(given, "event-date-vague").select("row", "value").row(0) == (2, said)
    assert f"eventDate:{said}" in given.table("visits")["comments"][0]


@pytest.mark.parametrize("said", ["2015-01-10", "2015-01-10/2015-01-10", "2015-01-10T08:00:00+09:00"])
def test_a_date_that_is_a_day(tmp_path, said):
    given = pair(tmp_path, EVENTS.replace("2015-01-10", said))
    assert str(given.table("visits")["visitDate"][0]) == "2015-01-10"
    assert of(given, "event-date-vague").is_empty()


def test_the_day_may_stand_in_three_columns(tmp_path):
    given = pair(tmp_path, "eventID,year,month,day,locationID\nv1,2015,1,7,mouth\nv2,2015,1,,mouth\n")
    assert [str(day) for day in given.table("visits")["visitDate"]] == ["2015-01-07", "None"]


def test_times_of_day_without_a_zone_are_kept_as_text(tmp_path):
    given = pair(tmp_path)
    assert given.table("visits")["visitStart"].null_count() == 3
    assert of(given, "event-times-without-zone").select("value").item() == "08:00/12:00"
    assert "eventTime:08:00/12:00" in given.table("visits")["comments"][0]
    assert "eventTime" not in (given.table("visits")["comments"][1] or "")


def test_times_of_day_with_an_offset_need_no_zone(tmp_path):
    given = pair(tmp_path, EVENTS.replace("08:00/12:00", "08:00+09:00/12:00:30Z").replace("09:30/NA", ""))
    assert given.received["visits"]["visitStart"][0] == "2015-01-10T08:00:00+09:00"
    assert given.received["visits"]["visitEnd"][0] == "2015-01-10T12:00:30Z"
    assert of(given, "event-times-without-zone").is_empty()


def test_a_date_with_its_time_and_offset_says_when_it_began(tmp_path):
    said = "2015-01-10T08:00:00+09:00/2015-01-10T12:00+09:00"
    given = pair(tmp_path, EVENTS.replace("2015-01-10,08:00/12:00", f"{said},"))
    assert given.received["visits"].select("visitDate", "visitStart", "visitEnd").row(0) == (
        "2015-01-10", "2015-01-10T08:00:00+09:00", "2015-01-10T12:00:00+09:00",
    )  # fmt: skip
    assert "eventDate" not in given.table("visits")["comments"][0]
    given = pair(tmp_path, EVENTS.replace("2015-01-10,08:00/12:00", "2015-01-10T08:00:00,"))
    assert given.table("visits")["visitStart"][0] is None
    assert "eventDate:2015-01-10T08:00:00" in given.table("visits")["comments"][0]


def test_bare_tables_in_an_old_encoding(tmp_path):
    text = EVENTS.replace("River mouth", "Устье реки Туманной").replace("Creek", "Озеро Хасан у границы")
    (tmp_path / "events.csv").write_bytes(text.encode("cp1251"))
    (tmp_path / "occurrences.csv").write_text(OCCURRENCES, encoding="utf-8")
    given = read(tmp_path, party="e")
    assert given.table("sites")["siteName"].to_list() == ["Устье реки Туманной", "Озеро Хасан у границы"]


@settings(max_examples=25)
@drawn(st.binary(max_size=200), st.sampled_from(["meta.xml", "event.txt", "occurrence.txt"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data, name):
    folder = tmp_path_factory.mktemp("archive")
    texts = {
        "meta.xml": f'<archive xmlns="http://rs.tdwg.org/dwc/text/">{META}</archive>',
        "event.txt": EVENT_TXT,
        "occurrence.txt": OCCURRENCE_TXT,
    }
    for file, text in texts.items():
        (folder / file).write_bytes(data if file == name else text.encode())
    with contextlib.suppress(FormatError):
        check(read(folder, party="e", time_zone="Asia/Seoul"))


def test_times_that_are_none(tmp_path):
    given = pair(tmp_path, EVENTS.replace("08:00/12:00", "morning"), time_zone="Asia/Seoul")
    assert of(given, "event-times-unread")["value"].item() == "morning"
    assert "eventTime:morning" in given.table("visits")["comments"][0]


def test_coverage_is_empty_unless_declared(tmp_path):
    given = pair(tmp_path)
    assert given.table("visits")["coverage"].null_count() == 3
    assert of(given, "coverage-undeclared").height == 1


def test_declared_coverage(tmp_path):
    words = {"all": "complete", "half": "partial"}
    given = pair(tmp_path, coverage_term="samplingEffort", coverage_words=words)
    assert given.table("visits")["coverage"].to_list() == ["complete", "partial", None]
    assert of(given, "coverage-undeclared").is_empty()
    assert of(given, "coverage-word-undeclared").is_empty()
    given = pair(tmp_path, coverage_term="samplingEffort", coverage_words={"all": "complete", "": "notSurveyed"})
    assert given.table("visits")["coverage"].to_list() == ["complete", None, "notSurveyed"]
    assert of(given, "coverage-word-undeclared").select("row", "value").rows() == [(3, "half")]


def test_coverage_in_words_of_no_protocol(tmp_path):
    with pytest.raises(MisuseError, match="coverage in the words complete, partial, notSurveyed"):
        pair(tmp_path, coverage_term="samplingEffort", coverage_words={"all": "full"})


def test_a_site_told_in_two_ways(tmp_path):
    given = pair(
        tmp_path, EVENTS.replace("v2,2015-01-11,NA/NA,mouth,River mouth,KR,37.5", "v2,2015-01-11,,mouth,,KR,38")
    )
    found = of(given, "site-told-differently")
    assert found.select("column", "value", "arguments").rows() == [
        ("decimalLatitude", "mouth", '{"values": "37.5; 38"}')
    ]
    assert given.table("sites")["latitude"][0] == 37.5
    assert of(pair(tmp_path), "site-told-differently").is_empty()


def test_a_declared_datum_is_brought_to_wgs84(tmp_path):
    given = pair(tmp_path, EVENTS.replace("WGS84", "EPSG:4301"))
    assert given.table("sites")["longitude"][0] == pytest.approx(126.5979, abs=1e-3)
    assert of(given, "coordinates-transformed")["value"].to_list() == ["EPSG:4301"]
    assert given.table("sites")["coordinateUncertainty"].null_count() == 2


def test_the_accuracy_of_the_datum_adds_to_the_uncertainty(tmp_path):
    events = EVENTS.replace("WGS84", "EPSG:4737").replace("samplingEffort", "coordinateUncertaintyInMeters")
    given = pair(tmp_path, events.replace("all", "30").replace("half", "30"))
    assert given.table("sites")["coordinateUncertainty"].to_list() == [31.0, None]


def test_gcj_02_is_for_sites_in_china_only(tmp_path):
    events = EVENTS.replace("WGS84", "GCJ-02").replace("126.6", "116.378").replace("37.5", "39.912")
    given = pair(tmp_path, events.replace("KR", "CN"))
    assert given.table("sites")["longitude"][0] == pytest.approx(116.378 - 0.00623, abs=1e-4)
    given = pair(tmp_path, events)
    assert given.table("sites")["longitude"].null_count() == 2
    assert "KR, which has none" in of(given, "datum-unusable")["arguments"].item()


@pytest.mark.parametrize("datum", ["EPSG:4555", "old map", "EPSG:4737"])
def test_a_datum_that_cannot_be_used(tmp_path, datum):
    given = pair(tmp_path, EVENTS.replace("WGS84", datum).replace("37.", "48."))
    assert given.table("sites")["latitude"].null_count() == 2
    assert given.table("sites")["comments"][0] == f"coordinates:126.6 48.5 {datum}"
    assert of(given, "datum-unusable")["value"].item() == datum


def test_coordinates_without_a_datum(tmp_path):
    given = pair(tmp_path, EVENTS.replace("WGS84", ""))
    assert '"count": 2' in of(given, "datum-unstated")["arguments"].item()
    assert of(pair(tmp_path), "datum-unstated").is_empty()


def test_terms_that_are_the_same_everywhere_go_into_the_description(tmp_path):
    events = EVENTS.replace("samplingEffort", "license").replace("all", "CC0").replace("half", "CC0")
    given = pair(tmp_path, events.replace("126.5,WGS84,", "126.5,WGS84,CC0"))
    assert given.descriptor["darwinCore"]["event"] == {"license": "CC0"}
    assert of(given, "terms-constant")["value"].to_list() == ["license"]


def test_events_that_have_parts(tmp_path):
    given = pair(tmp_path, EVENTS.replace("samplingEffort", "parentEventID").replace("half", "v1").replace("all", ""))
    assert '"count": 1' in of(given, "event-with-parts")["arguments"].item()


def test_an_archive_with_events(tmp_path):
    given = read(archive(tmp_path / "a.zip", META, event_txt=EVENT_TXT, occurrence_txt=OCCURRENCE_TXT), party="e")
    assert given.table("visits").select("visitID", "siteID").rows() == [("visit-1", "mouth")]
    assert given.table("sites")["countryCode"].to_list() == ["KR"]
    # Without quotes around cells a quote is a letter; the second count refers to no event.
    assert given.table("counts").select("visitID", "scientificName", "count").rows() == [
        ("visit-1", 'Anser "fabalis"', 120),
        ("9", "Grus grus", 2),
    ]
    missing = check(given).filter(code="reference-missing")
    assert missing.select("table", "row", "value").rows() == [("counts", 3, "9")]
    assert set(given.digests) == {"meta.xml", "event.txt", "occurrence.txt"}


def test_an_archive_in_a_folder_inside_the_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("dwca/meta.xml", f'<archive xmlns="http://rs.tdwg.org/dwc/text/">{META}</archive>')
        packed.writestr("dwca/event.txt", EVENT_TXT)
        packed.writestr("dwca/occurrence.txt", OCCURRENCE_TXT)
        packed.writestr("dwca/eml.xml", "<eml/>")
    given = read(tmp_path / "a.zip", party="e")
    assert given.table("counts").height == 2
    assert given.kept == {"dwca/eml.xml": b"<eml/>"}


@pytest.mark.parametrize("lines", [0, 3])
def test_any_number_of_header_lines(tmp_path, lines):
    body = EVENT_TXT.split("\n", 1)[1]
    meta = META.replace('ignoreHeaderLines="1"', f'ignoreHeaderLines="{lines}"', 1)
    given = read(
        archive(tmp_path / "a.zip", meta, event_txt="# x\n" * lines + body, occurrence_txt=OCCURRENCE_TXT), party="e"
    )
    assert given.table("visits")["visitID"].to_list() == ["visit-1"]


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-16"])
def test_encodings_of_an_archive(tmp_path, encoding):
    events = EVENT_TXT.replace("mouth", "устье").encode(encoding)
    meta = META.replace("UTF-8", encoding, 1)
    given = read(archive(tmp_path / "a.zip", meta, event_txt=events, occurrence_txt=OCCURRENCE_TXT), party="e")
    assert given.table("visits")["siteID"].to_list() == ["устье"]


def test_other_extensions_are_kept(tmp_path):
    meta = META + table("MeasurementOrFact", "mof.txt", "", "measurementType", core=False, settings=TAB)
    path = archive(
        tmp_path / "a.zip", meta, event_txt=EVENT_TXT, occurrence_txt=OCCURRENCE_TXT, mof_txt="i\tt\n1\tice\n"
    )
    given = read(path, party="e")
    assert given.kept == {"mof.txt": b"i\tt\n1\tice\n"}
    assert of(given, "extension-kept").select("value", "arguments").row(0) == (
        "MeasurementOrFact", '{"count": 1, "file": "mof.txt"}',
    )  # fmt: skip


@pytest.mark.parametrize("place", ["http://example.org/mof.txt", "../mof.txt", "nowhere.txt"])
def test_nothing_is_fetched_and_nothing_outside_is_read(tmp_path, place):
    meta = META + table("MeasurementOrFact", place, "", "measurementType", core=False, settings=TAB)
    given = read(archive(tmp_path / "a.zip", meta, event_txt=EVENT_TXT, occurrence_txt=OCCURRENCE_TXT), party="e")
    assert of(given, "resource-unreadable")["value"].to_list() == [place]
    assert given.table("counts").height == 2


def test_a_core_that_is_not_there(tmp_path):
    with pytest.raises(FormatError, match="the core of the archive"):
        read(archive(tmp_path / "a.zip", META, occurrence_txt=OCCURRENCE_TXT), party="e")


@pytest.mark.parametrize("change", ['fieldsTerminatedBy="||"', 'ignoreHeaderLines="many"'])
def test_settings_that_mean_nothing(tmp_path, change):
    meta = META.replace(change.split("=")[0] + "=", "x=", 1).replace("<core ", f"<core {change} ", 1)
    with pytest.raises(FormatError, match="the core of the archive"):
        read(archive(tmp_path / "a.zip", meta, event_txt=EVENT_TXT, occurrence_txt=OCCURRENCE_TXT), party="e")


def test_a_descriptor_with_entities_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("meta.xml", '<!DOCTYPE a [<!ENTITY x "y">]><archive><core/></archive>')
    with pytest.raises(FormatError, match="document type"):
        read(tmp_path / "a.zip", party="e")


def test_what_is_no_archive(tmp_path):
    with pytest.raises(FormatError, match=r"meta\.xml"):
        read(tmp_path, party="e")
    with pytest.raises(FormatError, match="nothing at"):
        read(tmp_path / "a.zip", party="e")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("notes.txt", "x")
    with pytest.raises(FormatError, match=r"meta\.xml in the zip"):
        read(tmp_path / "a.zip", party="e")


def test_occurrences_without_events_are_kept_and_not_made_into_counts(tmp_path):
    meta = table("Occurrence", "o.txt", "occurrenceID", "scientificName", "individualCount", core=True, settings=TAB)
    given = read(archive(tmp_path / "a.zip", meta, o_txt="a\tb\tc\no1\tGrus grus\t2\n"), party="e")
    assert not given.tables
    assert given.kept == {"o.txt": b"a\tb\tc\no1\tGrus grus\t2\n"}
    assert of(given, "archive-without-counts")["value"].item() == "Occurrence (1)"


def test_pictures_of_cameras_are_no_counts(tmp_path, shared_data):
    given = pair(tmp_path, occurrences=OCCURRENCES.replace("taxonRank", "basisOfRecord").replace(
        ",species", ",MachineObservation").replace(",genus", ",MachineObservation"))  # fmt: skip
    assert of(given, "archive-by-machines").height == 1
    assert set(given.kept) == {"events.csv", "occurrences.csv"}
    given = read(shared_data / "A1_camtrapdp_tdwg_example" / "expected_dwc_from_inbo_camtrapdp", party="mica")
    assert not given.tables
    assert of(given, "archive-by-machines")["value"].item().startswith("Occurrence (")


def test_two_tables_named_one_by_one_with_semicolons(tmp_path):
    (tmp_path / "visits.csv").write_text(EVENTS.replace(",", ";").replace("eventID", "dwc:eventID"), encoding="utf-8")
    (tmp_path / "birds.csv").write_text(OCCURRENCES, encoding="utf-8")
    given = read(tmp_path / "visits.csv", tmp_path / "birds.csv", party="e")
    assert given.table("visits").height == 3
    assert check(given).filter(code="reference-missing").is_empty()


def test_the_waterbirds_of_two_kenyan_sites(shared_data):
    folder = shared_data / "E2_kenya_waterbird_counts_DwC"
    given = read(folder / "events.csv", folder / "occurrences.csv", party="arocha", time_zone="Africa/Nairobi")
    visits, counts = given.table("visits"), given.table("counts")
    assert (visits.height, counts.height, counts["scientificName"].n_unique()) == (257, 7644, 118)
    assert (visits["visitDate"].min().year, visits["visitDate"].max().year) == (1998, 2024)
    assert counts["count"].sum() == 983_666
    per_site = counts.join(visits, on="visitID").group_by("siteID").agg(pl.col("count").sum()).sort("siteID")
    # The README's table says 363,697 for Mida, one more than its own rows; 619,970 for Sabaki is what they sum to.
    assert per_site.rows() == [("mida", 363_696), ("sabaki", 619_970)]
    assert visits["siteID"].value_counts().sort("siteID").rows() == [("mida", 121), ("sabaki", 136)]
    assert visits["visitDate"].null_count() == 0
    # 50 events say NA/NA, one NA/10:45 and several a beginning without an end.
    assert (
        visits["visitStart"].count(),
        visits.filter(~pl.all_horizontal(pl.col("visitStart", "visitEnd").is_null())).height,
    ) == (206, 207)
    assert set(given.findings["code"]) == {
        "cell-required", "coverage-undeclared", "datum-unstated", "remarks-qualify", "taxon-above-species",
        "terms-constant",
    }  # fmt: skip
    assert of(given, "cell-required")["column"].unique().to_list() == ["coverage"]
    # An afternoon written as 02:52.
    assert check(given).filter(code="visit-ends-before-start")["row"].to_list() == [169]


def test_the_older_edition_of_the_same_tables(shared_data):
    folder = shared_data / "E2_kenya_waterbird_counts_DwC"
    given = read(folder / "events_2021_version.csv", folder / "occurrences_2021_version.csv", party="arocha")
    assert (given.table("visits").height, given.table("counts").height) == (186, 5414)


CELL = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12).map(lambda text: text.replace('"', '""'))


@settings(max_examples=30)
@drawn(CELL, CELL, CELL, CELL)
def test_any_cells_are_findings(tmp_path_factory, date, time, datum, number):
    events = EVENTS.replace("2015-01-10,08:00/12:00", f'"{date}","{time}"').replace("WGS84", f'"{datum}"')
    occurrences = OCCURRENCES.replace(",120,present", f',"{number}","{datum}"')
    package = pair(tmp_path_factory.mktemp("pair"), events, occurrences, time_zone="Asia/Seoul")
    assert package.table("visits").height == 3
    assert package.table("counts").height == 5
    check(package)
