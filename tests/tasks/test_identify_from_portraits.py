"""Photographs are matched from the portraits of views at the level `identity` as they are from whole packages."""

from datetime import UTC, datetime

import polars as pl
import pytest
from tests.builders import codes
from tests.tasks.coats import coat, jpeg, party, study, view

from tumen.files import camtrap_dp_write
from tumen.sharing.disclose import Derived, disclose
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant
from tumen.sharing.pseudonyms import name_of
from tumen.tasks.disclose import with_pictures
from tumen.tasks.entries import PackageEntry
from tumen.tasks.identify_album import shelf
from tumen.tasks.identify_features import PhotoSettings
from tumen.tasks.identify_photos import pair_pictures, photos
from tumen.tasks.packages import read_package

pytest.importorskip("cv2")
pytest.importorskip("faiss")

SECRET, RECEIVER = b"s" * 32, "secretariat"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SMALL = PhotoSettings(size=300, points=400)
SEEN = {
    "north": [(1, "N1", "left", 0), (1, "N1", "right", 30), (2, "N2", "left", 60), (3, "N3", None, 90)],
    "south": [(1, None, "left", 0), (4, "S4", "left", 30), (2, None, "left", 60)],
}
EDGE = 60


def boxed(folder, name):
    """A package whose animals stand in boxes before a ground that all pictures of the party have in common."""
    entry = party(folder, name, SEEN[name])
    rows = []
    for number, (animal, *_) in enumerate(SEEN[name], start=1):
        animal_here = view(animal, sum(map(ord, name)) * 100 + number)
        wide, high = animal_here.width + 2 * EDGE, animal_here.height + 2 * EDGE
        picture = coat(99, wide, high)
        picture.paste(animal_here, (EDGE, EDGE))
        (folder / name / "media" / f"{number}.jpg").write_bytes(jpeg(picture))
        rows.append((EDGE / wide, EDGE / high, animal_here.width / wide, animal_here.height / high))
    file = folder / name / "observations.csv"
    boxes = pl.DataFrame(rows, schema=["bboxX", "bboxY", "bboxWidth", "bboxHeight"], orient="row")
    table = pl.read_csv(file, infer_schema=False)
    table.with_columns(boxes[name].cast(pl.String) for name in boxes.columns).write_csv(file)
    return entry


def seen_by_others(folder, name):
    """The view of a package at the level `identity`, on disk."""
    made = disclose(
        read_package(PackageEntry(path=folder / name)), Grant(RECEIVER, "identity"), SECRET, Derived(), Ledger(), NOW
    )
    package, found = with_pictures(made, folder / name)
    assert found.is_empty()
    camtrap_dp_write.write(package, folder / f"{name}-view")
    return {"path": f"{name}-view", "party": name}


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portraits")
    whole = [boxed(folder, name) for name in SEEN]
    return folder, study(folder, whole), study(folder, [seen_by_others(folder, name) for name in SEEN])


@pytest.fixture(scope="module")
def answers(studies):
    folder, whole, views = studies
    return (
        photos(whole, folder / "whole-out", settings=SMALL),
        photos(views, folder / "views-out", settings=SMALL),
    )


def first(answer, named):
    """For each picture: whom it shows, from which side, and the picture that is most like it."""
    pictures = answer.tables["pictures"]
    best = answer.tables["photo_pairs"].filter("comparable").unique("picture", keep="first", maintain_order=True)
    rows = pictures.to_dicts()
    name = {row["picture"]: (row["party"], named(row)) for row in rows}
    about = {name[row["picture"]]: (row["kind"], row["flank"], row["scientificName"]) for row in rows}
    return about, {name[one]: name[other] for one, other in best.select("picture", "other").rows()}


def test_the_first_candidates_of_portraits_are_those_of_the_whole_pictures(answers):
    key = name_of(SECRET, RECEIVER, "observation")
    about, best = first(answers[0], lambda row: key(row["observationID"]))
    seen, found = first(answers[1], lambda row: row["observationID"])
    assert seen == about
    # Of an animal without another picture, what comes first is chance.
    again = [(party, key(f"{party}-o{number}")) for party in SEEN for number in (1, 3)]
    assert [found[one] for one in again] == [best[one] for one in again] == [*again[2:], *again[:2]]


def test_animals_are_paired_under_their_pseudonyms(answers):
    animal, key = name_of(SECRET, RECEIVER, "individual"), name_of(SECRET, RECEIVER, "observation")
    best = answers[1].tables["photo_evidence"].filter(pl.col("kind") != pl.col("otherKind")).head(2)
    found = set(best.select("party", "subjectID", "otherParty", "otherID", "flank").rows())
    assert found == {
        ("north", animal("N1"), "south", key("south-o1"), "left"),
        ("north", animal("N2"), "south", key("south-o3"), "left"),
    }


def test_it_is_said_that_portraits_know_no_bursts(answers):
    notes = {note.code: dict(note.arguments) for note in answers[1].notes}
    assert notes["photos-portraits"] == {"pictures": 7}
    assert notes["photos-used"] == {"pictures": 7, "used": 7}
    assert "photos-portraits" not in {note.code for note in answers[0].notes}
    assert answers[1].tables["pictures"]["instant"].null_count() == 7


def test_two_portraits_are_shown_side_by_side(studies, answers):
    pair = answers[1].tables["photo_evidence"].row(0, named=True)
    assert len(pair_pictures(shelf(studies[2]), pair, settings=SMALL).points) >= 10


def test_a_portrait_that_is_not_there_is_a_finding_of_its_table(studies):
    folder, _, views = studies
    files = sorted((folder / "south-view" / "portraits").iterdir())
    kept = files[0].read_bytes()
    files[0].unlink()
    found = shelf(views).findings
    files[0].write_bytes(kept)
    assert codes(found) == ["photo-missing"]
    assert found.select("party", "table", "arguments").rows() == [
        ("south", "portraits", f'{{"count": 1, "names": "portraits/{files[0].name}"}}')
    ]
