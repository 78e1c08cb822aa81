"""From counts to occasions: each rule on a table that reads like a sentence, and an obvious twin on small worlds."""

from datetime import date, timedelta
from itertools import product
from random import Random

import polars as pl
import pytest

from tumen.files.darwin_core import read
from tumen.tables.protocol import TABLES
from tumen.tables.waterbirds import BIRD_GROUPS
from tumen.waterbirds.birds import birds
from tumen.waterbirds.counts import occasions
from tumen.waterbirds.occasion import OCCASIONS
from tumen.waterbirds.seasons import seasons

DAY = date(2024, 1, 15)
LAKE = [{"siteID": "lake"}]
UNITS = [{"siteID": "lake"}, {"siteID": "north", "partOf": "lake"}, {"siteID": "south", "partOf": "lake"}]


def frame(name, rows):
    """A typed table of the protocol with the given cells; the rest is empty."""
    empty = TABLES[name].empty()
    return pl.DataFrame(rows, schema_overrides=empty.schema).select(
        *(
            pl.col(c).cast(t) if rows and c in {k for r in rows for k in r} else pl.lit(None, t).alias(c)
            for c, t in empty.schema.items()
        )
    )


def visit(name="v", site="lake", day=0, coverage="complete", groups="all"):
    return {
        "visitID": name,
        "siteID": site,
        "visitDate": DAY + timedelta(days=day),
        "coverage": coverage,
        "groupsCounted": groups,
    }


def count(species, number=None, visit="v", group=None, status="counted", **cells):
    key = cells.pop("countID", f"{visit}-{species}-{group}-{status}")
    return {
        "countID": key,
        "visitID": visit,
        "scientificName": species,
        "taxonGroup": group,
        "status": status,
        "count": number,
        **cells,
    }


def numbers(visits, counts, sites=LAKE, **said):
    """{measure: (low, high, reason)} of the only day, or {(measure, day): ...} of several."""
    table = occasions(frame("sites", sites), frame("visits", visits), frame("counts", counts), **said)
    assert table.schema == pl.Schema(OCCASIONS)
    rows = table.select("measure", "date", "low", "high", "reason").rows()
    several = len({day for _, day, *_ in rows}) > 1
    return {((m, (d - DAY).days) if several else m): tuple(rest) for m, d, *rest in rows}


def test_rows_of_a_visit_are_added_up_and_a_zero_is_kept():
    found = numbers([visit()], [count("Anser fabalis", 30), count("Grus grus", 0), count("Aythya baeri", 12)])
    assert found == {
        "Anser fabalis": (30, 30, ""),
        "Aythya baeri": (12, 12, ""),
        "Grus grus": (0, 0, ""),
        "waterbirds": (42, 42, ""),
    }


def test_parts_are_never_added_to_their_total():
    young = count("Grus grus", 3, countID="young", partOf="all")
    assert numbers([visit()], [count("Grus grus", 10, countID="all"), young])["Grus grus"] == (10, 10, "")


def test_a_total_that_was_not_counted_is_at_least_its_parts():
    total = count("Grus grus", status="notCounted", countID="all")
    parts = [count("Grus grus", n, countID=f"p{n}", partOf="all") for n in (3, 4)]
    found = numbers([visit()], [total, *parts])
    assert found["Grus grus"] == (7, None, "notCounted") and found["waterbirds"] == (7, None, "notCounted")


def test_species_in_a_total_of_their_group():
    ducks = count(None, 500, group="ducks", countID="ducks")
    mallard = count("Anas platyrhynchos", 300, countID="m", partOf="ducks")
    teal = count("Anas crecca", 100, countID="t", partOf="ducks")
    found = numbers([visit()], [ducks, mallard, teal])
    # The 100 ducks in neither part may be of either species.
    assert found["Anas platyrhynchos"] == (300, 400, "unidentified")
    assert found["Anas crecca"] == (100, 200, "unidentified")
    assert found["waterbirds"] == (500, 500, "")


@pytest.mark.parametrize(("part", "of"), [("a", "a"), ("b", "nothing")])
def test_a_part_of_itself_or_of_nothing_gives_no_number(part, of):
    found = numbers([visit()], [count("Grus grus", 9, countID=part, partOf=of)])
    assert found["Grus grus"] == (0, None, "unusable")


def test_a_range_gives_both_ends_and_an_estimate_is_said():
    found = numbers(
        [visit()],
        [
            count("Anser fabalis", 200, minimum=150, maximum=260),
            count("Anser albifrons", None, minimum=50),
            count("Anser anser", 900, estimated=True),
        ],
    )
    assert found["Anser fabalis"] == (150, 260, "")
    assert found["Anser albifrons"] == (50, None, "noMaximum")
    assert found["Anser anser"] == (900, 900, "estimated")
    assert found["waterbirds"] == (1100, None, "noMaximum")


@pytest.mark.parametrize("status", ["withheld", "notCounted"])
def test_what_is_withheld_or_not_counted_has_no_upper_end(status):
    found = numbers([visit()], [count("Grus grus", status=status), count("Anser fabalis", 5)])
    assert found["Grus grus"] == (0, None, status)
    assert found["waterbirds"] == (5, None, status)
    assert found["Anser fabalis"] == (5, 5, "")


def test_unidentified_birds_raise_only_the_upper_end_of_their_group():
    found = numbers(
        [visit()],
        [count("Anser fabalis", 30), count(None, 20, group="geese"), count("Anas sp.", 7), count("Anas crecca", 1)],
    )
    assert found["Anser fabalis"] == (30, 50, "unidentified")
    assert found["Anas crecca"] == (1, 8, "unidentified")
    assert found["waterbirds"] == (58, 58, "")


def test_subspecies_are_part_of_their_species():
    counts = [count("Limosa lapponica", 10), count("Limosa lapponica baueri", 5)]
    found = numbers([visit()], counts)
    assert found["Limosa lapponica"] == (15, 15, "")
    assert found["Limosa lapponica baueri"] == (5, 15, "unidentified")
    assert found["waterbirds"] == (15, 15, "")


def test_synonyms_are_one_species_and_unknown_names_stand_for_themselves():
    found = numbers([visit()], [count("Grus vipio", 2), count("Antigone vipio", 3), count("Balearica regulorum", 4)])
    assert found["Antigone vipio"] == (5, 5, "") and found["Balearica regulorum"] == (4, 4, "")
    assert set(found) == {"Antigone vipio", "Balearica regulorum", "waterbirds"}


def test_introduced_birds_other_animals_and_land_birds_are_no_waterbirds():
    counts = [
        count("Branta canadensis", 40),
        count("Lutra lutra", 2, group="otherAnimals"),
        count("Passer montanus", 60),
        count(None, 100, group="geese", countID="geese"),
        count("Branta canadensis", 30, countID="c", partOf="geese"),
    ]
    found = numbers([visit()], counts, introduced=["Branta canadensis"])
    assert found["waterbirds"] == (70, 70, "")
    assert found["Branta canadensis"] == (70, 140, "unidentified") and found["Lutra lutra"] == (2, 2, "")


def test_no_row_is_a_zero_only_if_the_visit_counted_the_group_and_covered_the_site():
    first = [visit("v"), count("Grus grus", 4)]
    for coverage, groups, expected in [
        ("complete", "all", (0, 0, "notReported")),
        ("complete", "cranes|geese", (0, 0, "notReported")),
        ("complete", None, None),
        ("complete", "geese", None),
        ("partial", "all", None),
    ]:
        second = visit("w", day=1, coverage=coverage, groups=groups)
        found = numbers([first[0], second], [first[1], count("Anser fabalis", 9, visit="w")])
        assert found.get(("Grus grus", 1)) == expected, (coverage, groups)


def test_a_visit_not_made_or_without_counts_says_nothing_and_is_kept():
    visits = [visit(), visit("w", day=1, coverage="notSurveyed", groups=None), visit("x", day=2)]
    found = numbers(visits, [count("Grus grus", 4)])
    for measure in ("Grus grus", "waterbirds"):
        assert found[measure, 1] == (0, None, "notSurveyed")
        assert found[measure, 2] == (0, None, "noCounts")


def test_coverage_and_groups_bound_the_total():
    for said, expected in [
        ({"coverage": "partial"}, (4, None, "partialCoverage")),
        ({"coverage": None}, (4, None, "coverageNotSaid")),
        ({"groups": "cranes"}, (4, None, "groupNotCounted")),
        ({"groups": None}, (4, None, "groupsNotSaid")),
        ({"groups": "|".join(BIRD_GROUPS)}, (4, 4, "")),
    ]:
        assert numbers([visit(**said)], [count("Grus grus", 4)])["waterbirds"] == expected
    assert numbers([visit(groups=None)], [count("Grus grus", 4)])["Grus grus"] == (4, 4, "")
    assert numbers([visit(groups=None)], [count("Grus grus", 4)], all_groups=True)["waterbirds"] == (4, 4, "")
    # Seen by the way: a lower bound of cranes.
    assert numbers([visit(groups="geese")], [count("Grus grus", 4)])["Grus grus"] == (4, None, "groupNotCounted")


def test_visits_of_one_day_are_the_larger_never_the_sum():
    visits = [visit("v"), visit("w")]
    counts = [count("Grus grus", 40, visit="v"), count("Grus grus", 60, visit="w")]
    assert numbers(visits, counts)["Grus grus"] == (60, 60, "severalVisits")
    partly = [visit("v"), visit("w", coverage="partial")]
    # The partial count saw more than the complete one: nobody knows how many there were then.
    assert numbers(partly, counts)["Grus grus"] == (60, None, "partialCoverage")


def test_units_of_one_day_add_up_to_their_site():
    visits = [visit("n", "north"), visit("s", "south"), visit("n2", "north", day=1)]
    counts = [count("Grus grus", 40, visit="n"), count("Grus grus", 60, visit="s"), count("Grus grus", 9, visit="n2")]
    found = numbers(visits, counts, UNITS)
    assert found["Grus grus", 0] == (100, 100, "") and found["Grus grus", 1] == (9, None, "unitsMissing")
    table = occasions(frame("sites", UNITS), frame("visits", visits), frame("counts", counts))
    assert table["place"].unique().to_list() == ["lake"]
    assert table["unitsMissing"].to_list() == [0, 1, 0, 1] and table["visits"][0] == "n|s"


def test_a_site_total_is_a_sum_of_one_day_never_of_the_maxima_of_species():
    """V4: 12,000 geese and 5,000 ducks one day, 3,000 and 16,000 another: 19,000, not 28,000."""
    visits = [visit("v"), visit("w", day=9)]
    counts = [
        count(None, 12_000, group="geese", visit="v"),
        count(None, 5_000, group="ducks", visit="v"),
        count(None, 3_000, group="geese", visit="w"),
        count(None, 16_000, group="ducks", visit="w"),
    ]
    table = seasons(occasions(frame("sites", LAKE), frame("visits", visits), frame("counts", counts)))
    assert table.select("low", "high", "date").rows() == [(19_000, 19_000, DAY + timedelta(days=9))]


def test_only_the_species_asked_for_and_nothing_from_empty_tables():
    found = numbers([visit()], [count("Grus grus", 1), count("Anser anser", 2)], species=["Grus grus"])
    assert set(found) == {"Grus grus", "waterbirds"} and found["waterbirds"] == (3, 3, "")
    assert numbers([], []) == {}


def test_a_genus_has_the_group_that_its_rows_say():
    table = frame("counts", [count("Foo bar", 1, group="ducks"), count("Foo sp.", 1), count("Anatidae", 2)])
    assert birds(table)["group"].to_list() == ["ducks", "ducks", None]


SPECIES = {"Anser fabalis": "geese", "Anser anser": "geese", "Grus grus": "cranes"}


def world(random):
    """A small world without parts: sites with units, visits of every kind, counts of every kind."""
    visits, counts = [], []
    for number in range(random.randint(1, 6)):
        name = f"v{number}"
        groups = random.choice(["all", "geese", "cranes|geese", None])
        coverage = random.choice(["complete", "complete", "partial", "notSurveyed"])
        visits.append(
            visit(name, random.choice(["lake", "north", "south", "pond"]), random.randint(0, 1), coverage, groups)
        )
        for species in SPECIES if coverage != "notSurveyed" else ():
            if random.random() < 0.6:
                status = random.choice(["counted"] * 4 + ["notCounted", "withheld"])
                n = random.randint(0, 9) if status == "counted" else None
                counts.append(count(species, n, visit=name, group=SPECIES[species], status=status))
        if coverage != "notSurveyed" and random.random() < 0.3:
            counts.append(count(None, random.randint(1, 5), visit=name, group="geese"))
    return visits, counts


def twin(visits, counts):
    """The rules, said the slow way: {(site, day, measure): (low, high)}."""
    above = {"north": "lake", "south": "lake"}
    top = {site: above.get(site, site) for site in ("lake", "north", "south", "pond")}
    site_of = {v["visitID"]: v["siteID"] for v in visits}
    recorded = {(top[site_of[c["visitID"]]], c["scientificName"]) for c in counts if c["scientificName"]}
    told = {}
    for v, measure in product(visits, [*SPECIES, "waterbirds"]):
        whole = measure == "waterbirds"
        if not whole and (top[v["siteID"]], measure) not in recorded:
            continue
        entry = of_visit(v, measure, [c for c in counts if c["visitID"] == v["visitID"]])
        if entry is not None:
            told.setdefault((v["siteID"], v["visitDate"], measure), []).append(entry)
    days = {key: larger(entries) for key, entries in told.items()}
    found = {}
    for site, day, measure in {(top[s], d, m) for s, d, m in days}:
        entries = [days[site, day, measure]] if (site, day, measure) in days else []
        parts = [days.get((unit, day, measure)) for unit in above if above[unit] == site]
        if any(parts):
            speaking = [p for p in parts if p is not None and not p[2]]
            high = (
                sum(p[1] for p in speaking) if len(speaking) == 2 and all(p[1] is not None for p in speaking) else None
            )
            kept = any(p[3] for p in speaking)
            entries.append((sum(p[0] for p in speaking), high, not speaking, kept))
        found[site, day, measure] = larger(entries)[:2]
    return found


def of_visit(v, measure, rows):
    """(low, high, whether it says nothing, whether something is withheld) of one visit, or None: nothing to say."""
    if v["coverage"] == "notSurveyed" or not rows:
        return 0, None, True, False
    words = (v["groupsCounted"] or "").split("|")
    whole = measure == "waterbirds"
    mine = rows if whole else [r for r in rows if r["scientificName"] == measure]
    covered = "all" in words or (not whole and SPECIES[measure] in words)
    full = v["coverage"] == "complete"
    if not mine:
        if not (full and covered):
            return None
        low, high, silent = 0, 0, False
    else:
        low = sum(r["count"] or 0 for r in mine)
        gaps = any(r["count"] is None for r in mine)
        high = None if gaps else low
        silent = low == 0 and gaps
    if high is not None and not whole and SPECIES[measure] == "geese":
        high += sum(r["count"] for r in rows if r["scientificName"] is None)
    unsaid_species = not whole and v["groupsCounted"] is None
    if not full or not (covered or unsaid_species):
        silent = silent or (low == 0 and not covered and bool(v["groupsCounted"]))
        high = None
    return low, high, silent, any(r["status"] == "withheld" for r in mine)


def larger(entries):
    if any(e[3] for e in entries):
        return max(e[0] for e in entries), None, False, True
    speaking = [e for e in entries if not e[2]]
    if not speaking:
        return entries[0]
    low = max(e[0] for e in speaking)
    high = max((e[1] for e in speaking if e[1] is not None), default=None)
    return low, (high if high is not None and high >= low else None), False, False


def test_occasions_are_those_of_the_obvious_twin():
    random = Random(6)  # noqa: S311
    sites = frame("sites", [*UNITS, {"siteID": "pond"}])
    for _ in range(60):
        visits, counts = world(random)
        table = occasions(sites, frame("visits", visits), frame("counts", counts))
        found = {
            (p, d, m): (low, high)
            for p, d, m, low, high in table.select("place", "date", "measure", "low", "high").rows()
        }
        assert found == twin(visits, counts), (visits, counts)


def test_what_one_visit_withholds_may_be_more_than_another_saw():
    went = [visit(), visit("w")]
    found = numbers(
        went, [count("Grus grus", 10), count("Anser anser", 7), count("Grus grus", visit="w", status="withheld")]
    )
    assert found == {
        "Anser anser": (7, 7, "severalVisits"),
        "Grus grus": (10, None, "withheld"),
        "waterbirds": (17, None, "withheld"),
    }
    apart = numbers(
        [visit(), visit("w", day=9)], [count("Grus grus", 10), count("Grus grus", visit="w", status="withheld")]
    )
    assert apart["Grus grus", 0] == (10, 10, "") and apart["Grus grus", 9] == (0, None, "withheld")


def test_a_unit_that_withholds_its_number_was_counted():
    went = [visit(site="north"), visit("w", "south")]
    counts = [count("Grus grus", 9000), count("Grus grus", visit="w", status="withheld")]
    table = occasions(frame("sites", UNITS), frame("visits", went), frame("counts", counts))
    assert table.select("low", "high", "unitsMissing", "reason").unique().rows() == [(9000, None, 0, "withheld")]
    winter = seasons(table).filter(measure="Grus grus")
    assert winter.select("low", "high", "state", "reason").rows() == [(9000, None, "partial", "withheld")]


def test_a_number_below_zero_is_taken_off_nothing():
    found = numbers([visit()], [count("Anser anser", 21_000), count("Grus grus", -5000)])
    assert found == {
        "Anser anser": (21_000, 21_000, ""),
        "Grus grus": (0, None, "unusable"),
        "waterbirds": (21_000, None, "unusable"),
    }
    ranged = numbers([visit()], [count("Grus grus", 5, minimum=-1, maximum=9)])
    assert ranged["Grus grus"] == (0, None, "unusable")


def test_equal_rows_may_be_one_row_pasted_twice():
    twice = [count("Anser anser", 10_000), count("Anser anser", 10_000, countID="again")]
    assert numbers([visit()], twice) == {
        "Anser anser": (10_000, 20_000, "rowTwice"),
        "waterbirds": (10_000, 20_000, "rowTwice"),
    }
    thrice = [*twice, count("Anser anser", 10_000, countID="third"), count("Anser anser", 7, countID="other")]
    assert numbers([visit()], thrice)["waterbirds"] == (10_007, 30_007, "rowTwice")
    # Another stage, another visit or a part of a total is another row; zeros are zeros.
    stages = [count("Anser anser", 5, lifeStage="adult"), count("Anser anser", 5, countID="j", lifeStage="juvenile")]
    assert numbers([visit()], stages)["Anser anser"] == (10, 10, "")
    parts = [count(None, 10, countID="t", group="geese")] + [
        count("Anser anser", 5, countID=name, group="geese", partOf="t") for name in "ab"
    ]
    assert numbers([visit()], parts)["Anser anser"] == (10, 10, "")
    zeros = [count("Anser anser", 0), count("Anser anser", 0, countID="z")]
    assert numbers([visit()], zeros)["Anser anser"] == (0, 0, "")


def test_the_counts_of_kenya_lose_no_zero_and_no_number(shared_data):
    """Sabaki and Mida Creek, 1998-2024 (E2): 257 visits, 7,644 counts, 983,666 birds, of which 363,697 at Sabaki."""
    folder = shared_data / "E2_kenya_waterbird_counts_DwC"
    package = read(folder / "events.csv", folder / "occurrences.csv", party="arocha", country="KE")
    counts, visits = package.table("counts"), package.table("visits")
    table = occasions(package.table("sites"), visits, counts)
    totals = table.filter(measure="waterbirds")
    assert totals.height == visits.select("siteID", "visitDate").unique().height
    assert totals["reason"].unique().to_list() == ["coverageNotSaid"]
    once = visits.filter(~pl.struct("siteID", "visitDate").is_duplicated()).select("visitID")
    zeros = counts.filter(pl.col("count") == 0).join(once, on="visitID")
    kept = table.filter((pl.col("low") == 0) & (pl.col("measure") != "waterbirds"))
    assert set(zeros["visitID"]) <= set(kept["visits"])
    # 4,455 are ospreys, harriers and fish eagles, which are no waterbirds: the others are all there.
    assert counts["count"].sum() == 983_666 and totals["low"].sum() == 983_666 - 4_455
    assert table.filter(measure="Sternula saundersi")["low"].sum() == 42_044
