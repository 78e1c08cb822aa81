"""From packages with pictures to ranked pairs of animals, with everything said that was left out."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from PIL import Image
from tests.builders import codes
from tests.individuals.onnx_models import means
from tests.tasks.coats import LEOPARD, SECRETS, party, study, view

from tumen.errors import MisuseError, OutputError
from tumen.tasks import identify_photos
from tumen.tasks.identify_album import album, shelf
from tumen.tasks.identify_features import PhotoSettings
from tumen.tasks.identify_photos import NAMES, evaluate, pair_pictures, photos
from tumen.tasks.study import parse_study

pytest.importorskip("cv2")
pytest.importorskip("faiss")

SMALL = PhotoSettings(size=300, points=400)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Animals 1 and 2 are known in the north, 1 and 3 seen in the south; the south has a name for 3 only."""
    folder = tmp_path_factory.mktemp("world")
    north = party(
        folder, "north", [(1, "N1", "left", 0), (1, "N1", "left", 30), (2, "N2", "left", 60), (2, "N2", None, 90)]
    )
    south = party(folder, "south", [(1, None, "left", 0), (3, "S3", "left", 30), (3, "S3", "right", 60)])
    return folder, study(folder, [north, south])


@pytest.fixture(scope="module")
def answer(world):
    folder, asked = world
    return photos(asked, folder / "identify", settings=SMALL)


def test_the_animal_of_another_party_comes_first(answer):
    pairs = answer.tables["photo_evidence"].filter(pl.col("kind") != pl.col("otherKind"))
    best = pairs.row(0, named=True)
    assert (best["party"], best["subjectID"]) == ("north", "N1")
    assert (best["otherParty"], best["otherKind"], best["otherID"]) == ("south", "observation", "south-o1")
    assert (best["flank"], best["rank"], best["scientificName"]) == ("left", 1, LEOPARD)
    assert best["score"] > 3 * pairs["score"][1]


def test_no_pair_is_an_animal_with_itself(answer):
    same = (pl.col("party") == pl.col("otherParty")) & (pl.col("subjectID") == pl.col("otherID"))
    assert answer.tables["photo_evidence"].filter(same).is_empty()


def test_pictures_are_numbered_with_their_side_and_size_and_without_a_place(answer):
    pictures = answer.tables["pictures"]
    assert pictures["picture"].to_list() == [1, 2, 3, 4, 5, 6, 7]
    assert pictures["flank"].to_list() == ["left", "left", "left", None, "left", "left", "right"]
    assert pictures["burst"].n_unique() == 7
    assert pictures["width"].max() <= 300
    assert not {"longitude", "latitude", "deploymentID", "filePath"} & set(pictures.columns)


def test_opposite_sides_are_not_comparable(answer):
    pairs = answer.tables["photo_pairs"].filter(pl.col("picture") == 7)
    assert pairs.filter(pl.col("comparable"))["other"].to_list() == [4]


def test_one_coat_on_two_sides_is_doubted(answer):
    """The invented animal 3 has one coat on both sides, as a mirrored picture or a wrong record would show it."""
    found = answer.findings.select("code", "party", "value", "arguments").rows()
    assert found == [("photo-flank-doubtful", "south", "south2, south3", '{"flanks": "left, right"}')]


def test_few_known_pairs_give_scores_and_no_probability(answer):
    assert answer.tables["photo_evidence"]["probability"].null_count() == answer.tables["photo_evidence"].height
    notes = {note.code: dict(note.arguments) for note in answer.notes}
    assert notes["photos-uncalibrated"]["species"] == LEOPARD
    assert notes["photos-used"] == {"pictures": 7, "used": 7}
    assert notes["photos-without-flank"] == {"pictures": 1}
    assert "photos-places-unused" in notes


def test_the_tables_are_written_and_a_second_run_gives_the_same_bytes(world, answer):
    folder, asked = world
    before = {name: (folder / "identify" / f"{name}.csv").read_bytes() for name in NAMES}
    again = photos(asked, folder / "identify", settings=SMALL)
    assert {name: (folder / "identify" / f"{name}.csv").read_bytes() for name in NAMES} == before
    assert again.findings.equals(answer.findings)
    fresh = photos(asked, folder / "elsewhere", settings=SMALL, workers=2)
    assert {name: (folder / "elsewhere" / f"{name}.csv").read_bytes() for name in NAMES} == before
    assert fresh.notes == answer.notes


def test_matching_is_the_same_at_any_width(world, answer, monkeypatch):
    folder, asked = world
    monkeypatch.setattr(identify_photos, "SMALL", 2)
    wide = photos(asked, folder / "identify", settings=SMALL, workers=2)
    assert all(wide.tables[name].equals(answer.tables[name]) for name in NAMES)
    assert wide.findings.equals(answer.findings)


@pytest.mark.parametrize("side", ["1e-320", "1e-9", "0"])
def test_a_box_of_next_to_nothing_is_told_of_and_the_others_go_on(tmp_path, side):
    entry = party(tmp_path, "north", [(1, "N1", "left", 0), (1, "N1", "left", 30)])
    file = tmp_path / "north" / "observations.csv"
    table = pl.read_csv(file, infer_schema=False)
    first = pl.int_range(pl.len()) == 0
    boxes = {"bboxX": "0.1", "bboxY": "0.1", "bboxWidth": side, "bboxHeight": "0.5"}
    table.with_columns(pl.when(first).then(pl.lit(value)).alias(name) for name, value in boxes.items()).write_csv(file)
    answer = photos(study(tmp_path, [entry]), tmp_path / "out", settings=SMALL)
    assert answer.tables["pictures"]["mediaID"].to_list() == ["north2"]
    assert [code for code in codes(answer.findings) if code.startswith("photo")] == [
        "photo-box-outside" if side == "0" else "photo-small"
    ]


def test_nothing_that_is_written_tells_a_place_or_a_camera(world, answer):
    folder, asked = world
    written = [file for file in (folder / "identify").rglob("*") if file.is_file()]
    assert len(written) == 4 + 7
    for file in written:
        assert [secret for secret in SECRETS if secret in file.read_bytes()] == [], file.name
    pair = pair_pictures(shelf(asked), answer.tables["photo_evidence"].row(0, named=True), settings=SMALL)
    for data in (pair.one, pair.other):
        assert [secret for secret in SECRETS if secret in data] == []
        with Image.open(io.BytesIO(data)) as image:
            assert not image.getexif()
    assert str(folder) not in "".join(file.read_text() for file in written if file.suffix == ".csv")


def test_two_pictures_come_with_the_points_they_share(world, answer):
    best = answer.tables["photo_evidence"].filter(pl.col("kind") != pl.col("otherKind")).row(0, named=True)
    pair = pair_pictures(shelf(world[1]), best, settings=SMALL, width=150)
    assert len(pair.points) >= 10
    points = np.array(pair.points)
    assert (points >= 0).all()
    assert (points[:, :2] <= pair.one_size).all() and (points[:, 2:] <= pair.other_size).all()
    with Image.open(io.BytesIO(pair.one)) as image:
        assert image.width == 150 < pair.one_size[0]


def test_points_are_the_same_kept_or_computed(world, answer):
    folder, asked = world
    row, here = answer.tables["photo_evidence"].row(0, named=True), shelf(asked)
    kept = pair_pictures(here, row, settings=SMALL, folder=folder / "identify")
    assert kept == pair_pictures(here, row, settings=SMALL)


def test_pictures_in_a_zip_are_read_where_they_are(tmp_path):
    entry = party(tmp_path, "north", [(1, "N1", "left", 0), (1, "N1", "left", 30)], broken=(2,))
    with zipfile.ZipFile(tmp_path / "north.zip", "w") as packed:
        for file in (tmp_path / "north").rglob("*"):
            packed.write(file, file.relative_to(tmp_path))
    held = album(study(tmp_path, [{**entry, "path": "north.zip"}]), tmp_path / "out", SMALL)
    assert held.pictures["mediaID"].to_list() == ["north1"]
    assert codes(held.findings) == ["photo-missing"]


def test_a_picture_that_is_no_longer_there_gives_no_pair(world, answer):
    row = answer.tables["photo_evidence"].row(0, named=True)
    with pytest.raises(MisuseError, match="pictures that the packages of the study hold"):
        pair_pictures(shelf(world[1]), {**row, "mediaID": "gone"}, settings=SMALL)


def test_the_animals_with_names_tell_how_well_they_are_found_again(world):
    folder, asked = world
    found = evaluate(asked, folder / "identify", settings=SMALL)
    row = found.tables["evaluation"].row(0, named=True)
    assert (row["scientificName"], row["pictures"]) == (LEOPARD, 6)
    # S3 is known by both sides, which cannot be found by each other.
    assert row["queries"] == 6
    assert found.tables["queries"].filter(pl.col("picture") <= 4)["rank"].to_list() == [1, 1, 1, 1]


def test_results_are_never_written_into_a_package(world):
    folder, asked = world
    with pytest.raises(OutputError, match="a folder for results outside the packages"):
        photos(asked, folder / "north" / "identify", settings=SMALL)


def test_every_picture_that_cannot_be_used_is_named_and_the_others_go_on(tmp_path):
    seen = [(1, "N1", "left", hour) for hour in range(0, 240, 24)]
    entry = party(tmp_path, "north", seen, broken=(9, 10))
    media = tmp_path / "north" / "media"
    (media / "3.jpg").write_bytes(b"")
    (media / "4.jpg").write_bytes((media / "4.jpg").read_bytes()[:3000])
    (media / "5.jpg").write_bytes(b"no picture at all")
    Image.new("RGB", (200, 200), (90, 90, 90)).save(media / "6.jpg", "PNG")
    first, second = Image.open(media / "1.jpg"), Image.new("RGB", (300, 200))
    first.convert("RGB").save(media / "7.png", "PNG", save_all=True, append_images=[second])
    (media / "7.png").replace(media / "7.jpg")
    Image.new("RGB", (12, 400)).save(media / "8.jpg")
    answer = photos(study(tmp_path, [entry]), tmp_path / "out", settings=SMALL)
    found = answer.findings.filter(pl.col("code") != "photo-flank-doubtful").select("code", "value", "arguments")
    assert sorted(found.rows()) == [
        ("photo-empty", "media/3.jpg", "{}"),
        ("photo-extension", "", '{"count": 2, "names": "media/6.jpg, media/7.jpg"}'),
        ("photo-frames", "", '{"count": 1, "names": "media/7.jpg"}'),
        ("photo-missing", "", '{"count": 2, "names": "media/9.jpg, media/10.jpg"}'),
        ("photo-not-image", "media/5.jpg", "{}"),
        ("photo-small", "media/8.jpg", '{"pixels": "16"}'),
        ("photo-truncated", "media/4.jpg", "{}"),
        ("photo-without-features", "media/6.jpg", "{}"),
    ]
    assert answer.findings["party"].unique().to_list() == ["north"]
    notes = {note.code: dict(note.arguments) for note in answer.notes}
    assert notes["photos-used"] == {"pictures": 10, "used": 3}
    assert notes["photos-missing"] == {"pictures": 2}
    assert notes["photos-unreadable"] == {"pictures": 4}
    assert notes["photos-without-features"] == {"pictures": 1}
    # What was said at first is said again when the features are found kept.
    again = photos(study(tmp_path, [entry]), tmp_path / "out", settings=SMALL)
    assert again.findings.equals(answer.findings)


def test_a_path_out_of_the_package_or_on_the_web_is_not_opened(tmp_path):
    entry = party(tmp_path, "north", [(1, "N1", "left", 0), (1, "N1", "left", 30), (1, "N1", "left", 60)])
    table = tmp_path / "north" / "media.csv"
    text = table.read_text().replace("media/1.jpg", "../secret.jpg").replace("media/2.jpg", "https://example.org/2.jpg")
    table.write_text(text)
    on_hand = shelf(study(tmp_path, [entry]))
    assert [job.name for job in on_hand.jobs] == ["media/3.jpg"]
    assert codes(on_hand.findings) == ["photo-outside", "photo-remote"]


def test_a_link_that_leads_out_of_the_package_is_not_followed(tmp_path):
    entry = party(tmp_path, "north", [(1, "N1", "left", 0), (1, "N1", "left", 30)])
    picture = tmp_path / "north" / "media" / "1.jpg"
    picture.replace(tmp_path / "outside.jpg")
    picture.symlink_to(tmp_path / "outside.jpg")
    held = album(study(tmp_path, [entry]), tmp_path / "out", SMALL)
    assert codes(held.findings) == ["photo-unreadable"]
    assert held.pictures.height == 1


def test_a_damaged_store_of_features_is_computed_again_and_said_so(world, answer):
    folder, asked = world
    kept = sorted((folder / "identify" / "features").iterdir())[0]
    whole = kept.read_bytes()
    kept.write_bytes(whole[:100])
    again = photos(asked, folder / "identify", settings=SMALL)
    assert codes(again.findings) == sorted([*codes(answer.findings), "photo-features-again"])
    assert kept.read_bytes() == whole
    assert again.tables["photo_pairs"].equals(answer.tables["photo_pairs"])


def test_one_flank_only_is_matched_like_any_other(tmp_path):
    entry = party(tmp_path, "north", [(1, "N1", "right", 0), (1, "N1", "right", 30), (2, "N2", "right", 60)])
    pairs = photos(study(tmp_path, [entry]), tmp_path / "out", settings=SMALL).tables["photo_pairs"]
    assert pairs["comparable"].all()
    assert pairs.filter(pl.col("picture") == 1)["other"][0] == 2


def test_pictures_of_one_burst_are_never_compared(tmp_path):
    entry = party(tmp_path, "north", [(1, "N1", "left", 0), (1, "N1", "left", 0), (2, "N2", "left", 60)])
    table = tmp_path / "north" / "media.csv"
    table.write_text(table.read_text().replace("north-d2", "north-d1"))
    for name in ("media", "observations"):
        file = tmp_path / "north" / f"{name}.csv"
        file.write_text(file.read_text().replace("north-d2", "north-d1"))
    pairs = photos(study(tmp_path, [entry]), tmp_path / "out", settings=SMALL).tables["photo_pairs"]
    assert set(pairs.select("picture", "other").rows()) == {(1, 3), (2, 3), (3, 1), (3, 2)}


def test_a_study_without_pictures_has_an_empty_answer(tmp_path):
    entry = party(tmp_path, "north", [(1, "N1", "left", 0)], broken=(1,))
    answer = photos(study(tmp_path, [entry]), tmp_path / "out", settings=SMALL)
    assert [answer.tables[name].height for name in NAMES] == [0, 0, 0, 0]
    assert evaluate(study(tmp_path, [entry]), tmp_path / "out", settings=SMALL).tables["evaluation"].is_empty()


@pytest.mark.parametrize(
    ("told", "needed"),
    [
        ({"backend": "sfit"}, "a backend that ships"),
        ({"size": 0}, "a number of 1 or more for size"),
        ({"candidates": 0}, "a number of 1 or more for candidates"),
        ({"margin": -0.1}, "a margin from 0 to 1"),
        ({"burst": timedelta(seconds=-1)}, "a burst of 0 seconds or more"),
        ({"model": "m.onnx"}, "modelSize, modelMean and modelDeviation"),
        ({"model_mean": (0.5,)}, "three numbers for modelMean"),
        ({"model_deviation": (0.5, 0.0, 0.5)}, "three numbers for modelDeviation"),
    ],
)
def test_settings_that_cannot_be_carried_out_are_refused(told, needed):
    with pytest.raises(MisuseError, match=needed):
        PhotoSettings(**told)


def test_a_model_of_the_users_own_is_run_and_not_used_where_too_little_is_known(world, answer):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    folder, asked = world
    (folder / "means.onnx").write_bytes(means((1, 3, 8, 8)))
    told = {"model_size": 8, "model_mean": (0.0, 0.0, 0.0), "model_deviation": (1.0, 1.0, 1.0)}
    again = photos(asked, folder / "modelled", settings=replace(SMALL, model=folder / "means.onnx", **told))
    assert "photos-model-unused" in {note.code for note in again.notes}
    assert again.tables["photo_pairs"].equals(answer.tables["photo_pairs"])
    assert again.parameters["model"].startswith("onnx-")
    assert len(list((folder / "modelled" / "features").iterdir())) == 14


def test_a_plain_folder_of_pictures_and_a_list_of_names_are_enough(tmp_path):
    (tmp_path / "pictures").mkdir()
    lines = ["photo,who,side"]
    for animal in (1, 2, 3):
        for number in (1, 2):
            view(animal, number).save(tmp_path / "pictures" / f"{animal}{number}.png")
            lines.append(f"{animal}{number}.png,A{animal},Left")
    (tmp_path / "list.csv").write_text("\n".join(lines))
    entry = {"path": "pictures", "party": "album", "format": "images", "records": "list.csv"}
    told = {"columns": {"file": "photo", "individual": "who", "flank": "side"}, "scientificName": LEOPARD}
    answer = evaluate(study(tmp_path, [{**entry, **told}]), tmp_path / "out", settings=SMALL)
    row = answer.tables["evaluation"].row(0, named=True)
    assert (row["queries"], row["rank1"], row["meanAveragePrecision"]) == (6, 1.0, 1.0)
    assert (row["rank1Low"], row["rank1High"]) == pytest.approx((0.61, 1.0), abs=0.01)
    assert codes(answer.findings) == []


def test_a_gap_of_its_own_makes_bursts_of_its_own(world):
    folder, asked = world
    wide = PhotoSettings(size=300, points=400, burst=timedelta(days=9))
    assert album(asked, folder / "identify", wide).pictures["burst"].n_unique() == 7


def test_real_zebras_and_turtles_run_from_their_folders_and_lists(tmp_path, shared_data):
    """Ten flanks and four heads; C3's README: row 10 is recorded as Left and matches row 5, Right: a real mistake."""
    zebras, turtles = shared_data / "C3_grevys_zebra_flanks", shared_data / "C4_sea_turtle_heads"
    given = [
        {
            "path": str(zebras),
            "party": "mpala",
            "records": str(zebras / "labels.csv"),
            "scientificName": "Equus grevyi",
        },
        {"path": str(turtles), "party": "beach", "records": str(turtles / "metadata.csv"), "scientificName": "Caretta"}
        | {"columns": {"file": "path", "individual": "identity"}},
    ]
    asked = parse_study(
        {"study": {"title": "Real"}, "package": [{**entry, "format": "images"} for entry in given]}, tmp_path / "s.toml"
    )
    small = PhotoSettings(size=600, points=800)
    found = evaluate(asked, tmp_path / "out", settings=small).tables["evaluation"]
    # Jacob's right side has seven others to be compared with, and so his picture said to be of the left comes last;
    # that one has nothing to be compared with, and of what cannot be compared, the right one is most alike.
    assert found.select("scientificName", "pictures", "queries", "rank1").rows() == [
        ("Caretta", 4, 4, 1.0),
        ("Equus grevyi", 10, 4, 0.75),
    ]
    doubted = photos(asked, tmp_path / "out", settings=small).findings
    assert doubted.select("code", "party", "arguments").rows() == [
        ("photo-flank-doubtful", "mpala", '{"flanks": "left, right"}')
    ]
