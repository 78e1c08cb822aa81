"""Calibration between laboratories: exact where controls speak, refused where they do not, never a guess."""

import json
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise, product
from math import log

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import codes

from tumen.errors import ColumnError, MisuseError
from tumen.individuals.lab_blind import blind_check
from tumen.individuals.lab_calibration import LAB_MAP, CalibrationRules, apply, calibrate
from tumen.individuals.lab_controls import GENOTYPE_COLUMNS, shared_loci, shared_readings
from tumen.individuals.lab_frequencies import aligned, propose_from_frequencies
from tumen.individuals.lab_maps import FLOOR, MOST_MAPS, NO_SIZE, SIZES_CONCEIVABLE, SMOOTH, order_keeping, weigh
from tumen.simulate.genetics import PanelSettings, PanelSurvey, panel_survey
from tumen.simulate.laboratories import Errors

NONE = pl.DataFrame(schema=GENOTYPE_COLUMNS)
Typed = Mapping[str, str]


def controls(laboratory: str, typed: Typed, locus: str = "TM01", run: str = "C01", role: str = "calibration"):
    """Rows of controls: animal -> genotype such as "100/104"; "" where nothing was read."""
    rows = []
    for animal, genotype in typed.items():
        first, _, second = genotype.partition("/")
        cells = (laboratory, run, animal, role, locus, first or None, second or None)
        rows.append(
            dict(zip(("laboratory", "runID", "controlID", "role", "locus", "allele1", "allele2"), cells, strict=True))
        )
    return pl.DataFrame(rows, schema_overrides={"allele1": pl.String, "allele2": pl.String})


def genotypes(laboratory: str, typed: Typed, locus: str = "TM01", kind: str = "size") -> pl.DataFrame:
    """Rows of genotypes: sample -> genotype."""
    rows = []
    for sample, genotype in typed.items():
        first, _, second = genotype.partition("/")
        cells = (sample, laboratory, 1, locus, first or None, second or None, kind)
        rows.append(dict(zip(GENOTYPE_COLUMNS, cells, strict=True)))
    return pl.DataFrame(rows, schema=GENOTYPE_COLUMNS)


NORTH = {"R1": "100/104", "R2": "104/108", "R3": "100/108", "R4": "104/104"}
"""What the reference reads of four animals at a locus with three alleles."""
SOUTH = {"R1": "102/106", "R2": "106/111", "R3": "102/111", "R4": "106/106"}
"""The same, 2 bp higher, and the largest allele 3 bp higher."""
BOTH = pl.concat([controls("lab-1", NORTH), controls("lab-2", SOUTH)])


def found(made: pl.DataFrame) -> dict[str, tuple[str | None, str]]:
    """Allele -> reference allele and status."""
    return {a: (b, c) for a, b, c in made.select("allele", "referenceAllele", "status").iter_rows()}


def said(made: pl.DataFrame, code: str) -> dict[str, object]:
    """The arguments of the one finding with this code, and its value."""
    (row,) = made.filter(code=code).iter_rows(named=True)
    return {"value": row["value"], **json.loads(row["arguments"])}


def test_each_allele_has_its_own_shift():
    made = calibrate(BOTH, NONE, reference="lab-1")
    assert made.table.schema == LAB_MAP
    assert found(made.table) == {
        "102": ("100", "observed"),
        "106": ("104", "observed"),
        "111": ("108", "observed"),
    }
    assert made.table["controls"].to_list() == [2, 3, 2]
    assert made.table["probability"].min() > 0.99
    assert said(made.findings, "calibration-shifts") == {
        "value": "lab-2", "laboratory": "lab-2", "reference": "lab-1", "compared": 1, "constant": 0, "loci": "TM01",
    }  # fmt: skip


def test_a_constant_shift_is_recognised_as_one():
    south = {"R1": "102/106", "R2": "106/110", "R3": "102/110", "R4": "106/106"}
    made = calibrate(pl.concat([controls("lab-1", NORTH), controls("lab-2", south)]), NONE, reference="lab-1")
    assert {int(b) - int(a) for a, (b, _) in found(made.table).items()} == {-2}
    assert said(made.findings, "calibration-shifts")["constant"] == 1
    assert said(made.findings, "calibration-shifts")["loci"] == "–"


def test_the_order_of_alleles_in_a_row_does_not_matter():
    turned = {name: "/".join(reversed(pair.split("/"))) for name, pair in SOUTH.items()}
    made = calibrate(pl.concat([controls("lab-1", NORTH), controls("lab-2", turned)]), NONE, reference="lab-1")
    assert made.table.equals(calibrate(BOTH, NONE, reference="lab-1").table)


def test_a_lost_and_a_false_allele_in_a_control_mislead_nobody():
    lost = SOUTH | {"R1": "106/106"}
    made = calibrate(pl.concat([BOTH, controls("lab-2", lost, run="C02")]), NONE, reference="lab-1")
    assert found(made.table)["102"] == ("100", "observed")
    false = SOUTH | {"R4": "104/106"}
    made = calibrate(pl.concat([BOTH, controls("lab-2", false, run="C02")]), NONE, reference="lab-1")
    assert found(made.table)["106"] == ("104", "observed")
    assert found(made.table)["104"] == ("102", "interpolated")


def test_two_controls_are_refused_and_the_finding_says_how_many_are_missing():
    two = BOTH.filter(pl.col("controlID").is_in(["R1", "R2"]))
    made = calibrate(two, NONE, reference="lab-1")
    assert set(found(made.table).values()) == {(None, "refused")}
    assert said(made.findings, "calibration-controls-few") == {
        "value": "TM01", "laboratory": "lab-2", "reference": "lab-1", "controls": 2, "needed": 3, "missing": 1,
    }  # fmt: skip


def test_contradicting_controls_refuse_the_locus():
    odd = SOUTH | {"R4": "111/111"}
    twice = [controls("lab-1", NORTH, run="C02"), controls("lab-2", odd), controls("lab-2", odd, run="C02")]
    made = calibrate(pl.concat([controls("lab-1", NORTH), *twice]), NONE, reference="lab-1")
    assert set(found(made.table).values()) == {(None, "refused")}
    argument = said(made.findings, "calibration-controls-contradict")
    assert (argument["contradicting"], argument["controls"], argument["names"]) == (1, 4, "R4")


def test_alleles_in_another_order_are_refused():
    north = {f"R{n}": pair for n, pair in enumerate(("100/100", "108/108") * 4)}
    south = {f"R{n}": pair for n, pair in enumerate(("112/112", "102/102") * 4)}
    made = calibrate(pl.concat([controls("lab-1", north), controls("lab-2", south)]), NONE, reference="lab-1")
    assert set(found(made.table).values()) == {(None, "refused")}
    assert codes(made.findings) == ["calibration-controls-contradict"]


def test_two_alleles_that_the_reference_bins_as_one_are_not_both_translated():
    north = {f"R{n}": pair for n, pair in enumerate(("100/100", "100/100", "100/104", "104/104") * 2)}
    south = {f"R{n}": pair for n, pair in enumerate(("102/102", "103/103", "102/106", "106/106") * 2)}
    made = calibrate(pl.concat([controls("lab-1", north), controls("lab-2", south)]), NONE, reference="lab-1")
    assert set(found(made.table).values()) == {(None, "refused")}
    assert codes(made.findings) == ["calibration-controls-contradict"]


def test_an_allele_that_the_primers_of_one_laboratory_miss_refuses_the_locus():
    north = {f"R{n}": pair for n, pair in enumerate(("100/104", "104/108", "100/108", "104/104") * 3)}
    missed = {"100/104": "106/106", "104/108": "106/111", "100/108": "111/111", "104/104": "106/106"}
    south = {name: missed[pair] for name, pair in north.items()}
    runs = [
        controls(lab, typed, run=run) for lab, typed in (("lab-1", north), ("lab-2", south)) for run in ("C1", "C2")
    ]
    made = calibrate(pl.concat(runs), NONE, reference="lab-1")
    assert set(found(made.table).values()) == {(None, "refused")}
    assert codes(made.findings) == ["calibration-controls-contradict"]


def test_an_allele_read_once_in_a_control_is_refused_and_the_finding_names_samples_that_have_it():
    north = NORTH | {"R5": "104/112"}
    south = SOUTH | {"R5": "106/115"}
    read = genotypes("lab-2", {"S1": "106/115", "S2": "102/106"})
    one = pl.concat([controls("lab-1", north), controls("lab-2", south)])
    made = calibrate(one, read, reference="lab-1")
    assert found(made.table)["115"] == (None, "refused")
    assert said(made.findings, "calibration-allele-refused") == {
        "value": "TM01", "laboratory": "lab-2", "reference": "lab-1", "alleles": "115", "count": 1, "samples": "S1",
    }  # fmt: skip
    again = [controls("lab-1", north, run="C02"), controls("lab-2", south, run="C02")]
    made = calibrate(pl.concat([one, *again]), read, reference="lab-1")
    assert found(made.table)["115"] == ("112", "observed")


def test_an_allele_of_no_control_is_interpolated_only_between_equal_shifts():
    read = genotypes("lab-2", {"S1": "104/108", "S2": "98/120"})
    made = calibrate(BOTH, read, reference="lab-1")
    assert {allele: found(made.table)[allele] for allele in ("98", "104", "108", "120")} == {
        "98": (None, "refused"),
        "104": ("102", "interpolated"),
        "108": (None, "refused"),
        "120": (None, "refused"),
    }
    assert said(made.findings, "calibration-interpolated")["alleles"] == "104"
    assert said(made.findings, "calibration-allele-refused")["alleles"] == "98, 108, 120"


def test_positive_controls_are_not_shared_animals():
    rows = [controls("lab-1", NORTH, role="positive"), controls("lab-2", SOUTH, role="positive")]
    read = pl.concat([genotypes("lab-1", {"S1": "100/104"}), genotypes("lab-2", {"S2": "102/106"})])
    made = calibrate(pl.concat(rows), read, reference="lab-1")
    assert set(found(made.table).values()) == {(None, "refused")}
    assert said(made.findings, "calibration-none")["value"] == "lab-2"


def test_the_same_rows_in_the_packages_of_two_parties_count_once():
    twice = calibrate(pl.concat([BOTH, BOTH]), NONE, reference="lab-1")
    assert twice.table.equals(calibrate(BOTH, NONE, reference="lab-1").table)


def test_samples_that_both_laboratories_typed_count_as_shared_animals_of_their_party_only():
    north = {"S1": "100/104", "S2": "100/104", "S3": "104/104", "S4": "100/100"}
    south = {"S1": "102/107", "S2": "102/107", "S3": "107/107", "S4": "102/102"}
    read = pl.concat([genotypes("lab-1", north), genotypes("lab-2", south)])
    own = calibrate(BOTH.clear(), read.with_columns(party=pl.lit("north")), reference="lab-1")
    assert found(own.table) == {"102": ("100", "observed"), "107": ("104", "observed")}
    apart = pl.concat(
        [
            genotypes("lab-1", north).with_columns(party=pl.lit("north")),
            genotypes("lab-2", south).with_columns(party=pl.lit("south")),
        ]
    )
    assert codes(calibrate(BOTH.clear(), apart, reference="lab-1").findings) == ["calibration-none"]


def test_a_third_laboratory_is_joined_through_the_second():
    third = {name: "/".join(str(int(size) + 5) for size in pair.split("/")) for name, pair in SOUTH.items()}
    renamed = [frame.with_columns(pl.col("controlID").str.replace("R", "Q")) for frame in
               (controls("lab-2", SOUTH, run="C09"), controls("lab-3", third, run="C09"))]  # fmt: skip
    rows = pl.concat([BOTH, *renamed])
    made = calibrate(rows, genotypes("lab-3", {"S1": "130/130"}), reference="lab-1")
    third_map = made.table.filter(laboratory="lab-3")
    assert found(third_map) == {
        "107": ("100", "observed"), "111": ("104", "observed"), "116": ("108", "observed"), "130": (None, "refused"),
    }  # fmt: skip
    assert third_map["referenceLaboratory"].unique().to_list() == ["lab-1"]
    step = calibrate(rows, NONE, reference="lab-2").table.filter(laboratory="lab-3", allele="107")["probability"].item()
    onward = made.table.filter(laboratory="lab-2", allele="102")["probability"].item()
    assert third_map.filter(allele="107")["probability"].item() == pytest.approx(step * onward)
    # A link that refuses an allele refuses it for everybody behind it.
    broken = pl.concat(
        [
            rows.filter(~pl.col("controlID").is_in(["R2", "R3"])),
            controls("lab-1", {"R9": "104/104"}),
            controls("lab-2", {"R9": "106/106"}),
        ]
    )
    made = calibrate(broken, NONE, reference="lab-1")
    assert found(made.table.filter(laboratory="lab-3"))["116"] == (None, "refused")


def test_an_exchanged_tube_is_named_and_the_others_decide():
    loci = [f"TM{number:02d}" for number in range(1, 5)]
    north = {f"R{n:02d}": pair for n, pair in enumerate(("100/104", "104/104", "100/100") * 4)}
    south = {name: pair.replace("100", "102").replace("104", "106") for name, pair in north.items()}
    odd = south | {"R01": "102/102"}
    rows = [controls(lab, typed, locus, run) for locus in loci for lab, typed in (("lab-1", north), ("lab-2", odd))
            for run in ("C01", "C02")]  # fmt: skip
    made = calibrate(pl.concat(rows), NONE, reference="lab-1")
    assert set(made.table["status"]) == {"observed"}
    assert said(made.findings, "calibration-control-odd")["value"] == "R01"
    assert said(made.findings, "calibration-control-odd")["loci"] == ", ".join(loci)


def test_a_reference_that_typed_nothing_and_a_missing_column_are_misuse():
    with pytest.raises(MisuseError, match="a reference laboratory with readings of sizes; found 'lab-9'"):
        calibrate(BOTH, NONE, reference="lab-9")
    with pytest.raises(ColumnError, match="controls needs column 'role'"):
        calibrate(BOTH.drop("role"), NONE, reference="lab-1")


def test_genotypes_come_into_reference_sizes_and_what_is_refused_becomes_missing():
    read = pl.concat(
        [
            genotypes("lab-2", {"S1": "102/111", "S2": "106/119", "S3": "", "S4": "104/104"}),
            genotypes("lab-1", {"S5": "100/104"}),
            genotypes("lab-2", {"S6": "A/G"}, "SNP1", "snp"),
            genotypes("lab-2", {"S7": "0111/106"}),
        ]
    )
    made = calibrate(BOTH, read, reference="lab-1")
    done = apply(read, made.table, reference="lab-1")
    assert done.genotypes.select("sampleID", "allele1", "allele2", "calibration").rows() == [
        ("S1", "100", "108", "observed"),
        ("S2", None, None, "refused"),
        ("S3", None, None, None),
        ("S4", "102", "102", "interpolated"),
        ("S5", "100", "104", "reference"),
        ("S6", "A", "G", None),
        ("S7", "108", "104", "observed"),
    ]
    assert said(done.findings, "calibration-missing") == {
        "value": "TM01", "laboratory": "lab-2", "reference": "lab-1", "count": "1", "compared": "4",
    }  # fmt: skip
    assert done.genotypes.columns == [*read.columns, "calibration"]


def test_a_laboratory_without_a_map_becomes_missing_and_not_its_own_reference():
    read = genotypes("lab-7", {"S1": "100/104"})
    done = apply(read, calibrate(BOTH, NONE, reference="lab-1").table, reference="lab-1")
    assert done.genotypes.row(0)[4:] == (None, None, "size", "refused")


def test_frequencies_give_a_proposal_that_is_never_applied_by_itself():
    north = {f"N{n}": "100/104" if n < 6 else "100/100" for n in range(10)}
    south = {f"S{n}": "102/107" if n < 6 else "102/102" for n in range(10)}
    read = pl.concat([genotypes("lab-1", north), genotypes("lab-2", south | {"S99": "102/130"})])
    made = propose_from_frequencies(read, reference="lab-1")
    assert found(made.table) == {
        "102": ("100", "unsafe"), "107": ("104", "unsafe"), "130": (None, "refused"),
    }  # fmt: skip
    assert made.table["probability"].null_count() == 3
    assert said(made.findings, "calibration-unsafe")["alleles"] == 2
    refused = apply(read, made.table, reference="lab-1").genotypes.filter(laboratory="lab-2")
    assert refused["calibration"].unique().to_list() == ["refused"]
    forced = apply(read, made.table, reference="lab-1", unsafe=True).genotypes.filter(sampleID="S0")
    assert forced.select("allele1", "allele2", "calibration").row(0) == ("100", "104", "unsafe")


shares = st.dictionaries(st.integers(100, 110), st.floats(0.05, 1), min_size=1, max_size=4)


@given(ours=shares, theirs=shares)
def test_the_alignment_of_frequencies_is_the_best_of_all(ours, theirs):
    """The twin tries every order-keeping pairing."""
    here, there = sorted(ours), sorted(theirs)

    def gain(pairs: Sequence[tuple[int, int]]) -> float:
        common = sum(2 * min(ours[a], theirs[b]) for a, b in pairs)
        return common - 0.01 * sum(abs((d - c) - (b - a)) for (a, b), (c, d) in pairwise(pairs))

    every = [
        tuple(zip(some, others, strict=True))
        for size in range(1, min(len(here), len(there)) + 1)
        for some in combinations(here, size)
        for others in combinations(there, size)
    ]
    assert gain(sorted(aligned(ours, theirs).items())) == pytest.approx(max(map(gain, every)))


def test_controls_that_are_left_out_are_foretold():
    loci = [f"TM{number:02d}" for number in range(1, 9)]
    animals = {
        f"R{n:02d}": ("100/104", "104/108", "100/108", "104/104", "100/100", "108/108")[n % 6] for n in range(12)
    }
    south = {
        name: pair.replace("108", "111").replace("104", "106").replace("100", "102") for name, pair in animals.items()
    }
    rows = pl.concat(
        [controls(lab, typed, locus) for locus in loci for lab, typed in (("lab-1", animals), ("lab-2", south))]
    )
    checked = blind_check(rows, NONE, reference="lab-1")
    row = checked.table.row(0, named=True)
    assert (row["animals"], row["compared"], row["wrong"], row["refused"], row["passed"]) == (12, 192, 0, 0, True)
    assert row["rateHigh"] == pytest.approx(0.0196, abs=5e-5)
    assert said(checked.findings, "calibration-blind")["high"] == "2.0"
    few = blind_check(rows, NONE, reference="lab-1", blind=["R01", "R02"])
    assert few.table.row(0, named=True)["compared"] == 32
    assert few.foretold.row(0) == ("lab-2", "lab-1", "TM01", "R01", "104/108", "104/108", 2, 0, 0)
    # 32 alleles without a mistake do not exclude one in twenty: the check is not passed for want of controls.
    assert codes(few.findings) == ["calibration-blind-failed"]


def test_a_blind_control_that_reads_otherwise_fails_the_check():
    loci = [f"TM{number:02d}" for number in range(1, 9)]
    animals = {f"R{n:02d}": ("100/104", "104/104", "100/100")[n % 3] for n in range(12)}
    south = {name: pair.replace("104", "106").replace("100", "102") for name, pair in animals.items()}
    wrong = south | {"R00": "106/106", "R01": "102/102"}
    rows = pl.concat(
        [controls(lab, typed, locus) for locus in loci for lab, typed in (("lab-1", animals), ("lab-2", wrong))]
    )
    checked = blind_check(rows, NONE, reference="lab-1", blind=["R00", "R01"])
    assert said(checked.findings, "calibration-blind-failed")["wrong"] == 24
    assert checked.foretold.row(0) == ("lab-2", "lab-1", "TM01", "R00", "104/104", "100/104", 2, 1, 0)


def test_without_controls_the_blind_check_has_nothing_to_say():
    assert blind_check(BOTH.clear(), genotypes("lab-1", {"S1": "100/104"}), reference="lab-1").table.is_empty()


def test_no_more_maps_are_weighed_than_a_computer_can():
    support = np.random.default_rng(1).integers(1, 100, size=(12, 12))
    maps = order_keeping(support)
    assert 1 < len(maps) <= MOST_MAPS
    assert len(np.unique(maps, axis=0)) == len(maps)
    for one in maps[:: len(maps) // 50]:
        used = one[one != NO_SIZE]
        assert (np.diff(used) > 0).all()


def test_twenty_alleles_are_still_told_apart():
    sizes = [100 + 2 * n for n in range(20)]
    north = {f"R{n:02d}": f"{sizes[n % 20]}/{sizes[(n * 7 + 3) % 20]}" for n in range(60)}
    shifted = {size: size + 3 + (size > 110) + (size > 124) for size in sizes}
    south = {name: "/".join(str(shifted[int(size)]) for size in pair.split("/")) for name, pair in north.items()}
    made = calibrate(pl.concat([controls("lab-1", north), controls("lab-2", south)]), NONE, reference="lab-1")
    assert {a: b for a, (b, _) in found(made.table).items()} == {str(b): str(a) for a, b in shifted.items()}


def slow_reading(pair, genotype, rates, conceivable) -> float:
    """The chance of one reading, given the genotype, by naming everything that may happen."""
    u, v = genotype
    ways = [((u, v), 1.0)] if u == v else [((u, v), 1 - rates[0]), ((u, u), rates[0] / 2), ((v, v), rates[0] / 2)]
    total = FLOOR
    for seen, weight in ways:
        if sorted(pair) == sorted(seen):
            total += weight * (1 - rates[1])
        # A false allele takes the place of one of the two, either with the same chance.
        for kept in seen:
            rest = list(pair)
            if kept in rest:
                rest.remove(kept)
                if seen[0] != seen[1] or rest[0] != kept:
                    total += weight * rates[1] / 2 / conceivable
    return total


def slow_animal(shared, animal, alleles, rates) -> float:
    """The chance of all readings of one animal, summed over its genotypes."""
    chance = 0.0
    for p, q in product(alleles, repeat=2):
        weight = 1 / len(alleles) ** 2
        for side, index, letter in ((shared.this, 0, "x"), (shared.other, 1, "y")):
            conceivable = max(SIZES_CONCEIVABLE, len(side.sizes))
            for a, b in side.alleles[side.animals == animal].tolist():
                weight *= slow_reading((f"{letter}{a}", f"{letter}{b}"), (p[index], q[index]), rates, conceivable)
        chance += weight
    return chance


def slow_posterior(shared, rates) -> dict[tuple[int, ...], float]:
    """The posterior by plain loops over every order-keeping map."""
    here, there = [int(s) for s in shared.this.sizes], [int(s) for s in shared.other.sizes]
    found = {}
    for one in product([NO_SIZE, *range(len(there))], repeat=len(here)):
        used = [code for code in one if code != NO_SIZE]
        paired = [(row, code) for row, code in enumerate(one) if code != NO_SIZE]
        if used != sorted(set(used)) or not all(_supported(shared.this, shared.other, *pair) for pair in paired):
            continue
        alleles = [(f"x{row}", f"y{code}" if code != NO_SIZE else "-") for row, code in enumerate(one)]
        alleles += [("-", f"y{code}") for code in range(len(there)) if code not in used]
        shifts = [there[code] - here[row] for row, code in paired]
        found[one] = sum(abs(b - a) * log(SMOOTH) for a, b in pairwise(shifts)) + sum(
            log(slow_animal(shared, animal, alleles, rates)) for animal in range(len(shared.animals))
        )
    top = max(found.values())
    total = sum(np.exp(value - top) for value in found.values())
    return {one: float(np.exp(value - top) / total) for one, value in found.items()}


def _supported(this, other, a, b) -> bool:
    for animal in set(this.animals.tolist()):
        for i, j in this.alleles[this.animals == animal].tolist():
            for u, v in other.alleles[other.animals == animal].tolist():
                pairs = {(i, u), (j, v)} if i != j and u != v else {(i, u), (i, v), (j, u), (j, v)}
                if (a, b) in pairs:
                    return True
    return False


pairs = st.tuples(st.sampled_from((100, 102, 104)), st.sampled_from((100, 102, 104))).map(
    lambda pair: f"{pair[0]}/{pair[1]}"
)
tables = st.lists(st.tuples(pairs, pairs), min_size=1, max_size=4)


@settings(max_examples=25)
@given(table=tables, again=tables)
def test_the_posterior_is_that_of_plain_loops(table, again):
    rows = [
        controls(lab, {f"R{n}": both[side] for n, both in enumerate(typed)}, run=run)
        for side, lab in enumerate(("lab-1", "lab-2"))
        for run, typed in (("C01", table), ("C02", again))
    ]
    rules = CalibrationRules()
    shared = shared_loci(shared_readings(pl.concat(rows), NONE), "lab-2", "lab-1", rules.rates)["TM01"]
    fast = weigh(shared.this, shared.other, len(shared.animals), rules.hardly)
    slow = slow_posterior(shared, (rules.rates["control"].dropout, rules.rates["control"].false_allele))
    assert {tuple(one): chance for one, chance in zip(fast.maps.tolist(), fast.chances.tolist(), strict=True)} == (
        pytest.approx(slow, abs=1e-9)
    )


@settings(max_examples=25)
@given(table=tables, by=st.integers(-20, 20))
def test_what_is_translated_keeps_its_order_and_moves_with_the_reference(table, by):
    north = {f"R{n}": pair for n, (pair, _) in enumerate(table * 3)}
    south = {f"R{n}": pair for n, (_, pair) in enumerate(table * 3)}
    moved = {name: "/".join(str(int(size) + by) for size in pair.split("/")) for name, pair in north.items()}
    one = calibrate(pl.concat([controls("lab-1", north), controls("lab-2", south)]), NONE, reference="lab-1").table
    two = calibrate(pl.concat([controls("lab-1", moved), controls("lab-2", south)]), NONE, reference="lab-1").table
    known = one.drop_nulls("referenceAllele").select(pl.col("allele", "referenceAllele").cast(pl.Int64)).sort("allele")
    assert (np.diff(known["referenceAllele"].to_numpy()) > 0).all()
    assert [None if a is None else int(a) + by for a in one["referenceAllele"]] == [
        None if a is None else int(a) for a in two["referenceAllele"]
    ]


def outcome(made: PanelSurvey) -> tuple[int, int, int, int]:
    """Return alleles of the second laboratory's animals: how many, translated, wrong; and wrong ones of all it read."""
    packages = made.packages()
    rows = pl.concat([p.table("controls") for p in packages])
    read = pl.concat([p.table("genotypes").with_columns(party=pl.lit(p.party)) for p in packages])
    table = calibrate(rows, read, reference="lab-1").table
    own = made.genotypes[np.unique(made.animal[made.laboratory == 1])]
    known = {
        (locus, allele): to for locus, allele, to in table.select("locus", "allele", "referenceAllele").iter_rows()
    }
    count = exact = wrong = 0
    truth = {}
    for number, locus in enumerate(made.panel.loci):
        steps = made.panel.low[number] + made.panel.repeat[number] * np.arange(-4, 20)
        sizes = np.zeros((len(steps), len(made.panel.loci), 2), dtype=np.int16)
        sizes[:, number] = steps[:, None]
        names = made.maps[1].read(sizes)[:, number, 0]
        truth |= {(locus, str(name)): str(size) for name, size in zip(names, steps, strict=True)}
        here = {str(name) for name, size in zip(names, steps, strict=True) if (own[:, number] == size).any()}
        count += len(here)
        exact += sum(known.get((locus, name)) == truth[locus, name] for name in here)
    wrong = sum(to is not None and to != truth[key] for key, to in known.items())
    return count, exact, wrong, sum(to is not None for to in known.values())


@pytest.mark.slow
def test_shifts_are_recovered_exactly_with_twelve_controls_and_otherwise_refused():
    """Issue 4: in at least 95 % of 200 worlds every allele of the surveyed animals is translated, rightly."""
    worlds = [outcome(panel_survey(PanelSettings(controls=12), seed)) for seed in range(200)]
    assert sum(wrong for _, _, wrong, _ in worlds) == 0
    assert sum(count == exact for count, exact, _, _ in worlds) >= 190


@pytest.mark.slow
@pytest.mark.parametrize(
    "poor",
    [
        PanelSettings(controls_chosen=False),
        PanelSettings(controls=6, control_runs=1),
        PanelSettings(control_runs=2, control_errors=Errors(dropout=0.06, false_allele=0.02, missing=0.0, failed=0.05)),
    ],
)
def test_controls_that_are_poor_or_few_refuse_more_and_are_never_wrong(poor):
    worlds = [outcome(panel_survey(poor, seed)) for seed in range(40)]
    assert sum(wrong for _, _, wrong, _ in worlds) == 0
    assert sum(exact for _, exact, _, _ in worlds) < sum(count for count, *_ in worlds)
