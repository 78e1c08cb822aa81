"""The design of small surveys, measured by hand and held against rules."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from statistics import median

import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import package

from tumen.measure.border import derive
from tumen.measure.sides import Countries
from tumen.tables.design import Design, DesignRule
from tumen.tables.design_rules import sigma
from tumen.tasks.area import Area
from tumen.tasks.design import check_design, design_as, design_of_entries, named_species
from tumen.tasks.design_cameras import union
from tumen.tasks.entries import PackageEntry

LEOPARD = ("Panthera pardus",)


def camera(name, station, start="2014-01-01", end="2014-03-01", **rest):
    return {
        "deploymentID": name,
        "locationID": station,
        "deploymentStart": f"{start}T00:00:00Z",
        "deploymentEnd": f"{end}T00:00:00Z",
        **rest,
    }


def failure(name, start, end, status="stolen"):
    return {"deploymentID": name, "start": f"{start}T00:00:00Z", "end": f"{end}T00:00:00Z", "status": status}


def units(answer, quantity):
    rows = answer.tables["units"].filter(pl.col("quantity") == quantity)
    return dict(rows.select("of", "value").iter_rows())


def row(answer, quantity, **where):
    rows = answer.tables["design"].filter(pl.col("quantity") == quantity)
    return rows.filter(**where).row(0, named=True)


def ask(quantity, species="*", **bounds):
    rule = DesignRule(protocol="study", species=species, quantity=quantity, source="our protocol 2024", **bounds)
    return Design(rules=(rule,))


def test_spacing_is_the_geodesic_to_the_nearest_other_station():
    answer = check_design(
        [
            package(
                deployments=[
                    camera("d1", "A", latitude="43.0", longitude="131.0"),
                    camera("d2", "B", latitude="43.1", longitude="131.0"),
                    camera("d3", "C", latitude="43.3", longitude="131.0"),
                ]
            )
        ]
    )
    # A tenth of a degree of latitude at 43 N is 11.11 km on the ellipsoid.
    assert {of: round(value, 2) for of, value in units(answer, "spacing").items()} == {
        "north-reserve/A": 11.11,
        "north-reserve/B": 11.11,
        "north-reserve/C": 22.22,
    }


def test_snapped_coordinates_tell_no_spacing():
    near = [
        camera("d1", "A", coordinateUncertainty="5000"),
        camera("d2", "B", latitude="43.11", coordinateUncertainty="5000"),
    ]
    answer = check_design([package(deployments=near)], design=ask("spacing", at_most=2))
    assert set(units(answer, "spacing").values()) == {None}
    assert row(answer, "spacing")["verdict"] == "notMeasured"
    assert "design-not-judged" in answer.findings["code"].to_list()


def test_two_cameras_of_one_place_or_within_30_m_are_a_pair_while_both_work():
    pairs = [
        camera("d1", "A"),
        camera("d2", "A", start="2014-02-01"),
        camera("d3", "B1", latitude="43.5"),
        camera("d4", "B2", latitude="43.5002"),  # 22 m to the north
        camera("d5", "C1", latitude="43.9"),
        camera("d6", "C2", latitude="43.9005"),  # 56 m
    ]
    answer = check_design([package(deployments=pairs)], species=LEOPARD)
    assert units(answer, "paired") == {
        "north-reserve/A": 1.0,
        "north-reserve/B1": 1.0,
        "north-reserve/C1": 0.0,
        "north-reserve/C2": 0.0,
    }
    assert units(answer, "pairedTime")["north-reserve/A"] == pytest.approx(28 / 59)
    found = answer.findings.filter(code="design-unpaired").row(0, named=True)
    assert found["value"] == "50 %"


def test_cameras_one_after_the_other_are_no_pair():
    answer = check_design([package(deployments=[camera("d1", "A", end="2014-02-01"), camera("d2", "A", "2014-02-01")])])
    assert units(answer, "paired") == {"north-reserve/A": 0.0}


def test_nights_are_those_on_which_any_camera_of_the_station_worked():
    answer = check_design(
        [
            package(
                deployments=[camera("d1", "A"), camera("d2", "A"), camera("d3", "B", latitude="43.5")],
                operating_periods=[
                    failure("d1", "2014-01-11", "2014-03-01"),
                    failure("d2", "2014-01-21", "2014-03-01"),
                    failure("d3", "2014-01-01", "2014-03-01"),
                ],
            )
        ]
    )
    assert units(answer, "nights") == {"north-reserve/A": 20.0, "north-reserve/B": 0.0}
    assert units(answer, "working") == {"north-reserve/A": 1.0, "north-reserve/B": 0.0}
    assert units(answer, "lost") == {
        "north-reserve/A": pytest.approx(1 - 30 / 118),
        "north-reserve/B": pytest.approx(1.0),
    }


def test_where_failures_are_not_recorded_nothing_is_known_of_losses():
    answer = check_design([package(deployments=[camera("d1", "A")])], species=["Panthera tigris"])
    assert units(answer, "lost") == {"north-reserve/A": None}
    assert row(answer, "working")["verdict"] == "notMeasured"


def test_a_session_is_a_time_without_a_long_gap():
    seasons = [camera("d1", "A", "2014-01-01", "2014-02-01"), camera("d2", "A", "2014-05-01", "2014-06-01")]
    answer = check_design([package(deployments=seasons)])
    windows = answer.tables["design"].filter(quantity="window")
    assert windows.select("session", "value").rows() == [
        ("2014-01-01 – 2014-02-01", 31.0),
        ("2014-05-01 – 2014-06-01", 31.0),
    ]
    one = check_design([package(deployments=seasons)], design=Design(gap=100.0))
    assert one.tables["design"].filter(quantity="window")["value"].to_list() == [151.0]


def test_sessions_are_those_the_study_declares_and_its_period_cuts_them():
    long = package(deployments=[camera("d1", "A", "2013-06-01", "2014-12-01")])
    declared = Design(sessions=((date(2014, 1, 1), date(2014, 1, 31)), (date(2014, 7, 1), date(2014, 7, 31))))
    answer = check_design([long], design=declared)
    assert answer.tables["design"].filter(quantity="window")["value"].to_list() == [31.0, 31.0]
    period = (datetime(2014, 1, 11, tzinfo=UTC), datetime(2014, 3, 1, tzinfo=UTC))
    cut = check_design([long], design=declared, period=period)
    assert cut.tables["design"].filter(quantity="window")["value"].to_list() == [21.0]


def test_sessions_are_those_the_deployments_name():
    grouped = [
        camera("d1", "A", deploymentGroups="grid:A1 | season:winter 2014"),
        camera("d2", "A", "2014-03-02", "2014-04-01", deploymentGroups="season:spring 2014"),
    ]
    answer = check_design([package(deployments=grouped)])
    windows = answer.tables["design"].filter(quantity="window")
    assert windows.select("session", "value").rows() == [("spring 2014", 30.0), ("winter 2014", 59.0)]


def test_a_season_that_comes_back_every_year_is_a_session_each_time():
    springs = [
        camera("d1", "A", "2014-03-01", "2014-04-01", deploymentGroups="season:spring"),
        camera("d2", "A", "2015-03-01", "2015-04-01", deploymentGroups="season:spring"),
    ]
    windows = check_design([package(deployments=springs)]).tables["design"].filter(quantity="window")
    assert windows.select("session", "value").rows() == [
        ("spring: 2014-03-01 – 2014-04-01", 31.0),
        ("spring: 2015-03-01 – 2015-04-01", 31.0),
    ]


def test_cameras_without_dates_are_not_known_and_never_pass():
    undated = [
        camera("d1", "A") | {"deploymentEnd": "2014-03-01T00:00:00"},
        camera("d2", "B", "2014-03-01", "2014-01-01"),
    ]
    answer = check_design([package(deployments=undated)], species=LEOPARD)
    assert set(answer.tables["design"]["verdict"]) == {"notMeasured", "notDeclared"}
    assert answer.findings["code"].unique().to_list() == ["design-not-judged"]


def test_a_window_longer_than_the_protocols_is_a_warning_and_a_shorter_one_is_not():
    long = check_design([package(deployments=[camera("d1", "A", end="2014-07-01")])], species=LEOPARD)
    found = long.findings.filter(code="design-window").row(0, named=True)
    assert (found["value"], found["party"]) == ("181 d", "north-reserve")
    short = check_design([package(deployments=[camera("d1", "A")])], species=LEOPARD)
    assert short.findings.filter(code="design-window").is_empty()
    assert row(short, "window")["verdict"] == "met"


def test_time_between_visits_and_time_without_a_camera():
    visits = [camera("d1", "A", "2014-01-01", "2014-02-01"), camera("d2", "A", "2014-02-04", "2014-06-01")]
    answer = check_design([package(deployments=visits)], species=LEOPARD)
    assert units(answer, "checkInterval") == {"d1": 31.0, "d2": 117.0}
    assert list(units(answer, "unattended").values()) == [3.0]
    assert row(answer, "checkInterval")["verdict"] == "notMet"


def test_heights_as_they_are_written():
    heights = [camera("d1", "A", cameraHeight="0.5"), camera("d2", "B", latitude="43.5")]
    answer = check_design([package(deployments=heights)], species=LEOPARD)
    assert row(answer, "cameraHeight")["verdict"] == "met"
    assert row(answer, "cameraHeight")["unknown"] == 1
    high = check_design([package(deployments=[camera("d1", "A", cameraHeight="1.5")])], species=LEOPARD)
    assert high.findings.filter(code="design-height")["value"].to_list() == ["1.5 m"]


def test_occasions_are_counted_where_their_length_is_declared():
    one = package(deployments=[camera("d1", "A")])
    assert units(check_design([one]), "occasions") == {}
    declared = Design(occasion=5.0, rules=ask("occasions", at_least=12).rules)
    answer = check_design([one], design=declared)
    assert (row(answer, "occasions")["value"], row(answer, "occasions")["verdict"]) == (11.0, "notMet")
    untold = check_design([one], design=ask("occasions", at_least=12))
    assert untold.findings.filter(code="design-not-judged").height == 1


def test_stations_per_cell_whatever_the_position_of_the_grid():
    # Four stations on a square of 1 km: one cell of 4 km may hold them all, and two by two may part them.
    square = [
        camera(f"d{i}{j}", f"{i}{j}", latitude=str(43 + i * 0.009), longitude=str(131 + j * 0.0123))
        for i in (0, 1)
        for j in (0, 1)
    ]
    answer = check_design([package(deployments=square)], species=LEOPARD)
    cells = row(answer, "locationsPerCell")
    assert (cells["minimum"], cells["maximum"], cells["verdict"]) == (1.0, 4.0, "met")
    lonely = check_design([package(deployments=[camera("d1", "A")])], species=LEOPARD)
    assert lonely.findings.filter(code="design-cells").height == 1


def test_a_buffer_is_shown_in_sigmas_and_judged_only_if_declared():
    tigers = package(deployments=[camera("d1", "A")])
    shown = check_design([tigers], species=["Panthera tigris"], design=Design(buffer=15.0))
    told = row(shown, "bufferSigma")
    assert (told["verdict"], told["value"]) == ("notDeclared", pytest.approx(15 / sigma(1818)))
    asked = Design(buffer=15.0, rules=ask("bufferSigma", "Panthera tigris", at_least=3).rules)
    judged = check_design([tigers], species=["Panthera tigris"], design=asked)
    assert judged.findings.filter(code="design-buffer")["value"].to_list() == ["1.53 σ"]
    assert (
        check_design([tigers], species=LEOPARD, design=Design(buffer=15.0))
        .findings.filter(code="design-buffer")
        .is_empty()
    )


def typed(sample, replicate, run="R1", laboratory="north-lab", locus="FCA126"):
    return {
        "sampleID": sample,
        "laboratory": laboratory,
        "replicate": str(replicate),
        "locus": locus,
        "allele1": "130",
        "allele2": "134",
        "kind": "size",
        "runID": run,
    }


def control(name, role="calibration", run="R1", laboratory="north-lab", alleles=("130", "134")):
    return {
        "laboratory": laboratory,
        "runID": run,
        "controlID": name,
        "role": role,
        "locus": "FCA126",
        "allele1": alleles[0],
        "allele2": alleles[1],
    }


def test_replicates_are_shown_and_judged_only_if_declared():
    typings = package(genotypes=[typed("s1", 1), typed("s1", 2), typed("s2", 1)])
    assert units(check_design([typings]), "replicates") == {"s1 · FCA126": 2.0, "s2 · FCA126": 1.0}
    assert row(check_design([typings]), "replicates")["verdict"] == "notDeclared"
    answer = check_design([typings], design=ask("replicates", at_least=2))
    assert answer.findings.filter(code="design-replicates")["value"].to_list() == ["1"]


def test_every_run_needs_two_heterozygous_reference_animals():
    fine = package(genotypes=[typed("s1", 1)], controls=[control("ref1"), control("ref2"), control("n", "negative")])
    answer = check_design([fine])
    assert row(answer, "heterozygousControls")["verdict"] == "met"
    assert row(answer, "negativeControls")["verdict"] == "notDeclared"
    lacking = package(
        genotypes=[typed("s1", 1), typed("s2", 1, run="R2")],
        controls=[control("ref1"), control("ref2", alleles=("130", "130"))],
    )
    answer = check_design([lacking])
    assert units(answer, "heterozygousControls") == {"north-lab · R1": 1.0, "north-lab · R2": 0.0}
    assert answer.findings.filter(code="design-controls")["value"].to_list() == ["0"]


def test_genotypes_without_a_run_are_unknown_not_without_controls():
    answer = check_design([package(genotypes=[typed("s1", 1, run=None)])])
    assert units(answer, "heterozygousControls") == {"north-lab · –": None}
    assert "design-not-judged" in answer.findings["code"].to_list()


def test_two_laboratories_of_two_parties_share_reference_animals():
    north = package(genotypes=[typed("s1", 1)], controls=[control(f"ref{n}") for n in range(40)])
    south = package(
        party="south-institute",
        name="south",
        controls=[control(f"ref{n}", laboratory="south-lab", run="S1") for n in range(39)],
    )
    answer = check_design([north, south])
    assert units(answer, "sharedReferences") == {"north-lab | south-lab": 39.0}
    assert answer.findings.filter(code="design-shared-references").select("party", "value").rows() == [("", "39")]
    assert units(check_design([north]), "sharedReferences") == {}


def test_old_scats_of_leopards():
    samples = [
        {"sampleID": f"s{n}", "collectedOn": "2015-02-01", "material": "faeces", "ageDays": age, "scientificName": name}
        for n, (age, name) in enumerate([("20", "Panthera pardus"), ("30", "Panthera pardus"), ("60", None)])
    ]
    answer = check_design([package(samples=samples)])
    leopard = row(answer, "faecesAge", species="Panthera pardus")
    assert (leopard["value"], leopard["verdict"], leopard["outside"]) == (25.0, "notMet", 2)


def visit(number, site, day, coverage="complete"):
    return {"visitID": str(number), "siteID": site, "visitDate": day, "coverage": coverage}


def sites(*names, group="Tumen mouth"):
    return [{"siteID": name, "siteName": name, "countGroup": group} for name in names]


def test_a_winter_without_a_count_of_a_site_is_found():
    counted = [visit(1, "a", "2013-12-20"), visit(2, "a", "2015-01-15"), visit(3, "b", "2014-01-15")]
    answer = check_design([package(sites=sites("a", "b"), visits=counted)])
    assert units(answer, "midwinterVisits") == {"a · 2014": 1.0, "a · 2015": 1.0, "b · 2014": 1.0, "b · 2015": 0.0}
    assert answer.findings.filter(code="design-count-window").height == 1
    spring = check_design([package(sites=sites("a"), visits=[visit(1, "a", "2014-04-15")])])
    assert spring.findings.filter(code="design-count-window").is_empty()


def test_a_visit_on_which_nobody_counted_is_none():
    answer = check_design([package(sites=sites("a"), visits=[visit(1, "a", "2014-01-15", "notSurveyed")])])
    assert answer.tables["units"].is_empty()


def test_a_count_group_over_the_border_is_counted_on_one_day():
    north = package(sites=sites("a"), visits=[visit(1, "a", "2014-04-12"), visit(2, "a", "2015-04-12")])
    south = package(
        party="south-institute",
        name="south",
        sites=sites("a"),
        visits=[visit(1, "a", "2014-04-12"), visit(2, "a", "2015-04-15")],
    )
    answer = check_design([north, south])
    assert units(answer, "sameDay") == {"Tumen mouth · spring · 2014": 1.0, "Tumen mouth · spring · 2015": 0.5}
    assert answer.findings.filter(code="design-synchrony")["value"].to_list() == ["50 %"]


def test_days_from_the_middle_of_the_month():
    days = [visit(1, "a", "2014-01-31"), visit(2, "a", "2014-02-15"), visit(3, "a", "2014-03-01")]
    answer = check_design([package(visits=days)])
    assert units(answer, "daysFromMidMonth") == {"1": 15.0, "2": 0.0, "3": 14.0}


def test_years_of_complete_coverage():
    days = [visit(1, "a", "2014-04-01"), visit(2, "a", "2014-05-01"), visit(3, "a", "2015-04-01", "partial")]
    assert units(check_design([package(visits=days)]), "seasonsCounted") == {"a · spring": 1.0}


def test_nothing_to_measure_is_said_and_subspecies_count_as_their_species():
    assert "nothing whose design" in design_as(check_design([]), "text", "en")
    seen = package(deployments=[{}], observations=[{"scientificName": "Panthera pardus orientalis"}])
    assert named_species([seen]) == LEOPARD


def test_the_text_and_the_page_show_measured_asked_and_source():
    answer = check_design([package(deployments=[camera("d1", "A<b>", end="2014-07-01")])], species=LEOPARD)
    text, page = design_as(answer, "text", "en"), design_as(answer, "html", "en")
    line = next(line for line in text.splitlines() if line.startswith("length of the session"))
    assert line.replace("\u00a0", " ").split("  ") and "181 d" in line.replace("\u00a0", " ")
    assert "NO" in line and "[1]" in line
    assert "<b>" not in page and "≤ 134" in page and "<svg" in page


def test_findings_do_not_depend_on_the_order_of_rows():
    rows = [camera("d1", "A"), camera("d2", "B", latitude="43.3"), camera("d3", "C", latitude="43.35")]
    one, other = (check_design([package(deployments=order)], species=LEOPARD) for order in (rows, rows[::-1]))
    assert one.findings.rows() == other.findings.rows()
    assert one.tables["design"].rows() == other.tables["design"].rows()


spans = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40), st.integers(1, 10)), max_size=12)


@given(spans)
@settings(max_examples=60, deadline=None)
def test_union_holds_the_hours_that_any_interval_holds(rows):
    start = datetime(2014, 1, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    frame = pl.DataFrame(
        [{"k": k, "start": start + a * hour, "end": start + (a + n) * hour} for k, a, n in rows],
        schema={"k": pl.String, "start": pl.Datetime("us", "UTC"), "end": pl.Datetime("us", "UTC")},
    )
    joined = union(frame, "k")
    for k in "ab":
        slow = {h for key, a, n in rows if key == k for h in range(a, a + n)}
        mine = [
            int((s - start) / hour) + i
            for s, e in joined.filter(k=k).select("start", "end").iter_rows()
            for i in range(int((e - s) / hour))
        ]
        assert sorted(slow) == mine


@given(st.lists(st.tuples(st.floats(42, 44), st.floats(130, 132)), min_size=2, max_size=7, unique=True))
@settings(max_examples=25, deadline=None)
def test_spacing_is_what_a_walk_over_all_pairs_finds(points):
    from tumen.measure.geodesy import distances

    metres = [[float(distances(a[1], a[0], b[1], b[0])) for b in points] for a in points]
    nearest = [min(m for j, m in enumerate(row) if j != i) for i, row in enumerate(metres)]
    if min(nearest) <= 35:
        return
    rows = [camera(f"d{n}", f"p{n}", latitude=repr(a), longitude=repr(b)) for n, (a, b) in enumerate(points)]
    found = units(check_design([package(deployments=rows)]), "spacing")
    assert [found[f"north-reserve/p{n}"] for n in range(len(points))] == pytest.approx([m / 1000 for m in nearest])


def test_json_and_csv_hold_every_row():
    answer = check_design([package(deployments=[camera("d1", "A", end="2014-07-01")])], species=LEOPARD)
    told = json.loads(design_as(answer, "json", "en"))
    assert len(told["design"]) == answer.tables["design"].height
    assert "181 d" in [row["value"] for row in told["findings"]]
    lines = design_as(answer, "csv", "en").splitlines()
    assert lines[0].startswith("party,method,session,species,quantity")
    assert len(lines) == answer.tables["design"].height + 1


hours = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), min_size=1, max_size=5)


@given(hours)
@settings(max_examples=25, deadline=None)
def test_paired_time_is_what_counting_hour_by_hour_finds(spans):
    start = datetime(2014, 1, 1, tzinfo=UTC)
    rows = [
        camera(f"d{n}", "A")
        | {
            "deploymentStart": (start + timedelta(hours=a)).isoformat(),
            "deploymentEnd": (start + timedelta(hours=a + length)).isoformat(),
        }
        for n, (a, length) in enumerate(spans)
    ]
    working = [sum(a <= hour < a + length for a, length in spans) for hour in range(50)]
    answer = check_design([package(deployments=rows)])
    once, twice = (sum(count >= least for count in working) for least in (1, 2))
    assert list(units(answer, "pairedTime").values()) == [pytest.approx(twice / once)]
    assert list(units(answer, "nights").values()) == [pytest.approx(once / 24)]
    assert row(answer, "nights")["total"] == pytest.approx(once / 24)


def test_the_depth_of_the_strip_a_party_samples_is_its_farthest_station_from_the_border():
    halves = {"CN": shapely.box(129, 42, 131, 44), "RU": shapely.box(131, 42, 133, 44)}
    area = Area(
        countries=Countries(halves),
        polygons=halves,
        border=derive(halves),
        origin="",
        accuracy=0.0,
        assumed_uncertainty=30.0,
        water_margin=500.0,
        digests={},
    )
    strip = [camera("d1", "A", longitude="131.1", latitude="43"), camera("d2", "B", longitude="131.3", latitude="43")]
    answer = check_design([package(deployments=strip)], species=["Panthera tigris"], area=area)
    # A tenth of a degree of longitude at 43 N is 8.15 km on the ellipsoid.
    assert [round(km, 1) for km in units(answer, "borderDistance").values()] == [8.2, 24.5]
    deep = row(answer, "stripSigma")
    assert (deep["verdict"], deep["species"]) == ("notDeclared", "Panthera tigris")
    assert deep["value"] == pytest.approx(24.46 / 9.83, rel=0.01)
    asked = ask("stripSigma", "Panthera tigris", at_least=3)
    judged = check_design([package(deployments=strip)], species=["Panthera tigris"], area=area, design=asked)
    assert judged.findings.filter(code="design-strip").height == 1


def test_a_real_survey_of_many_short_deployments(shared_data):
    folder = shared_data / "A2_mica_muskrat_coypu_BE_NL_DE" / "full_0.1.6_no_observations"
    answer = design_of_entries([PackageEntry(path=folder)])
    with (folder / "deployments.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    days = [(datetime.fromisoformat(r["end"]) - datetime.fromisoformat(r["start"])) / timedelta(days=1) for r in rows]
    visits = row(answer, "checkInterval")
    assert visits["units"] == len(rows)
    assert visits["median"] == pytest.approx(median(days))
    # Nobody wrote down failures, and no rule ships for muskrats: everything is shown, nothing is judged.
    assert row(answer, "lost")["units"] == 0
    assert answer.findings.is_empty()
