"""Which picture shows whom follows from the tables: names, flanks, boxes, bursts."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import codes, package

from tumen.sharing.derived import portraits
from tumen.tasks.identify_pictures import bursts, shown

LEOPARD = ("Panthera pardus",)
BOX = {"bboxX": "0.1", "bboxY": "0.1", "bboxWidth": "0.5", "bboxHeight": "0.5"}


def on_media(**more):
    return {"mediaID": "m1", "observationLevel": "media", **more}


def judged(identity="i1", name="T7", **more):
    said = {"identificationID": identity, "individualID": name, "certainty": "certain", "identifiedBy": "A"}
    return {**said, "method": "photo", "observationID": "o1", **more}


def look(species=LEOPARD, **tables):
    return shown(package(deployments=[{}], **{"media": [{}], **tables}), species)


def test_a_named_animal_is_an_individual_and_one_without_a_name_its_observation():
    media = [{}, {"mediaID": "m2", "filePath": "media/m2.jpg"}]
    seen = [on_media(individualID="T7"), on_media(observationID="o2", mediaID="m2")]
    frame, found = look(media=media, observations=seen)
    assert frame.select("party", "kind", "subjectID", "mediaID").rows() == [
        ("north-reserve", "individual", "T7", "m1"),
        ("north-reserve", "observation", "o2", "m2"),
    ]
    assert found.is_empty()


def test_only_animals_of_the_wanted_species_are_taken():
    seen = [
        on_media(scientificName="Panthera tigris"),
        on_media(observationID="o2", observationType="blank", scientificName=None),
    ]
    assert look(observations=seen)[0].is_empty()
    assert look(species=(), observations=seen)[0]["scientificName"].to_list() == ["Panthera tigris"]


def test_an_event_is_shown_by_the_pictures_taken_during_it_at_its_camera():
    media = [
        {"mediaID": f"m{number}", "timestamp": f"2014-01-10T00:0{number}:00Z", "filePath": f"media/{number}.jpg"}
        for number in range(4)
    ]
    media.append({"mediaID": "far", "deploymentID": "d2", "filePath": "media/far.jpg"})
    seen = [{"eventStart": "2014-01-10T00:01:00Z", "eventEnd": "2014-01-10T00:02:00Z", "individualID": "T7"}]
    assert look(media=media, observations=seen)[0]["mediaID"].to_list() == ["m1", "m2"]


def test_a_picture_that_was_judged_itself_is_not_counted_with_its_event_again():
    frame, _ = look(observations=[{"individualID": "T8"}, on_media(observationID="o2", individualID="T7")])
    assert frame.select("observationID", "subjectID").rows() == [("o2", "T7")]


@pytest.mark.parametrize(
    ("own", "certainty", "kind", "subject"),
    [
        (None, "certain", "individual", "T7"),
        (None, "probable", "individual", "T7"),
        (None, "possible", "observation", "o1"),
        ("T7", "possible", "observation", "o1"),
        ("T7", "certain", "individual", "T7"),
        ("T9", "possible", "individual", "T9"),
    ],
)
def test_a_name_that_is_only_possible_is_not_used_as_known(own, certainty, kind, subject):
    frame, found = look(observations=[on_media(individualID=own)], identifications=[judged(certainty=certainty)])
    assert frame.select("kind", "subjectID").rows() == [(kind, subject)]
    assert found.is_empty()


def test_two_sure_names_for_one_observation_are_a_finding_and_neither_is_used():
    frame, found = look(observations=[on_media(individualID="T9")], identifications=[judged()])
    assert frame.select("kind", "subjectID").rows() == [("observation", "o1")]
    assert found.select("code", "row", "value", "arguments").rows() == [
        ("photo-names-conflict", 2, "o1", '{"names": "T7, T9"}')
    ]
    frame, found = look(observations=[on_media()], identifications=[judged(), judged("i2", "T8")])
    assert frame["kind"].to_list() == ["observation"]
    assert codes(found) == ["photo-names-conflict"]


def test_the_flank_comes_from_photographs_and_from_tags():
    def flank(tags=None, *given):
        return look(observations=[on_media(observationTags=tags)], identifications=list(given))[0]["flank"].item()

    assert flank(None, judged(flank="left")) == "left"
    assert flank(None, judged(flank="left", method="genotype")) is None
    assert flank(None, judged(flank="right", observationID=None, mediaID="m1")) == "right"
    assert flank("pose:walking | flank:rear") == "rear"
    assert flank("flank:upside", judged()) is None
    assert flank(None, judged(flank="left"), judged("i2", flank="both")) == "both"
    assert flank(None) is None


def test_two_flanks_for_one_picture_are_a_finding_and_neither_is_used():
    given = [judged(flank="left"), judged("i2", flank="right")]
    frame, found = look(observations=[on_media()], identifications=given)
    assert frame["flank"].to_list() == [None]
    assert found.select("code", "value", "arguments").rows() == [
        ("photo-flank-conflict", "o1", '{"flanks": "left, right"}')
    ]


def test_several_animals_in_a_picture_need_boxes():
    two = [on_media(), on_media(observationID="o2")]
    frame, found = look(observations=two)
    assert frame.is_empty()
    assert found.select("code", "row", "value").rows() == [("photo-several-animals", 2, "media/m1.jpg")]
    frame, found = look(observations=[on_media(**BOX), on_media(observationID="o2", **BOX)])
    assert (frame.height, found.height) == (2, 0)
    # Two animals counted in one row are two all the same.
    assert codes(look(observations=[on_media(count="2")])[1]) == ["photo-several-animals"]
    assert look(observations=[on_media(count="1")])[0].height == 1


def test_a_box_half_given_is_passed_on_to_be_judged():
    frame, _ = look(observations=[on_media(bboxX="0.1")])
    assert frame.select("bboxX", "bboxWidth").rows() == [(0.1, None)]


EVENT = {"observationID": "e", "eventID": "e1", "eventEnd": "2014-01-10T00:02:00Z"}


def detected(medium, number="1", **more):
    """What a detector writes: a box in one picture of an event, and no name."""
    return {"observationID": f"box-{medium}-{number}", "eventID": "e1", **on_media(mediaID=medium), **BOX, **more}


def test_the_boxes_of_a_detector_stand_for_the_animal_that_people_named_in_the_event():
    media = [{"mediaID": f"m{number}", "filePath": f"media/{number}.jpg"} for number in (1, 2, 3)]
    seen = [{**EVENT, "individualID": "T7"}, detected("m1"), detected("m2")]
    given = [judged(observationID="e", flank="left")]
    frame, found = look(media=media, observations=seen, identifications=given)
    # In m3, taken in the same event, the detector saw nobody.
    assert frame.select("mediaID", "kind", "subjectID", "flank", "bboxX").rows() == [
        ("m1", "individual", "T7", "left", 0.1),
        ("m2", "individual", "T7", "left", 0.1),
    ]
    assert found.is_empty()


def test_two_names_for_an_event_are_told_where_a_detector_found_its_pictures():
    frame, found = look(
        observations=[{**EVENT, "individualID": "T7"}, detected("m1")],
        identifications=[judged(observationID="e", name="T8")],
    )
    assert frame.select("kind", "subjectID").rows() == [("observation", "e")]
    assert found.select("code", "value").rows() == [("photo-names-conflict", "e")]


def test_an_event_without_a_name_is_one_animal_in_all_its_pictures():
    media = [{"mediaID": f"m{number}", "filePath": f"media/{number}.jpg"} for number in (1, 2)]
    frame, _ = look(
        media=media, observations=[{**EVENT, "observationTags": "flank:right"}, detected("m1"), detected("m2")]
    )
    assert frame.select("kind", "subjectID", "flank").rows() == [("observation", "e", "right")] * 2


def test_which_of_two_animals_of_an_event_a_box_shows_is_not_guessed():
    two = [{**EVENT, "individualID": "T7"}, {**EVENT, "observationID": "e2", "individualID": "T8"}, detected("m1")]
    assert look(observations=two)[0].select("kind", "subjectID").rows() == [("observation", "box-m1-1")]
    counted = [{**EVENT, "individualID": "T7", "count": "2"}, detected("m1")]
    assert look(observations=counted)[0].select("kind", "subjectID").rows() == [("observation", "box-m1-1")]
    boxes = [{**EVENT, "individualID": "T7"}, detected("m1"), detected("m1", "2")]
    assert look(observations=boxes)[0]["subjectID"].to_list() == ["box-m1-1", "box-m1-2"]
    other = [{**EVENT, "individualID": "T7"}, detected("m1", scientificName="Panthera tigris")]
    assert look(("Panthera tigris",), observations=other)[0]["subjectID"].to_list() == ["box-m1-1"]


def test_a_name_given_to_the_picture_itself_is_kept_beside_that_of_its_event():
    frame, _ = look(observations=[{**EVENT, "individualID": "T7"}, detected("m1", individualID="T9")])
    assert frame["subjectID"].to_list() == ["T9"]


def test_recordings_are_counted_and_not_looked_at():
    frame, found = look(media=[{"fileMediatype": "video/mp4"}], observations=[on_media()])
    assert frame.is_empty()
    assert found.select("code", "arguments").rows() == [("photo-recordings", '{"count": 1}')]


def taken(*rows):
    columns = ("party", "deploymentID", "eventID", "second", "digest")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String) | {"second": pl.Int64}, orient="row")
    start = datetime(2014, 1, 1, tzinfo=UTC)
    return frame.with_columns(instant=pl.lit(start) + pl.duration(seconds="second"))


def groups(frame, gap=60):
    return bursts(frame, timedelta(seconds=gap)).to_list()


def test_pictures_of_one_camera_close_in_time_are_one_burst():
    frame = taken(("n", "d1", None, 0, "a"), ("n", "d1", None, 60, "b"), ("n", "d1", None, 121, "c"))
    assert groups(frame) == ["1", "1", "3"]
    assert groups(frame, gap=61) == ["1", "1", "1"]


def test_other_cameras_and_parties_are_other_bursts():
    assert groups(taken(("n", "d1", None, 0, "a"), ("n", "d2", None, 0, "b"), ("s", "d1", None, 0, "c"))) == [*"123"]


def test_an_event_and_a_file_that_comes_twice_are_one_burst():
    frame = taken(
        ("n", "d1", "e", 0, "a"), ("n", "d1", "e", 900, "b"), ("n", "d2", None, 0, "b"), ("s", None, "e", 0, "b")
    )
    assert groups(frame) == ["1", "1", "1", "4"]


def test_what_is_not_known_connects_nothing():
    assert groups(taken(("n", None, None, 0, None), ("n", None, None, 0, None), ("n", "d1", None, None, None))) == [
        *"123"
    ]


word = st.sampled_from(["x", "y", None])
row = st.tuples(st.sampled_from(["n", "s"]), word, word, st.one_of(st.none(), st.integers(0, 300)), word)


@given(st.lists(row, min_size=1, max_size=8))
def test_bursts_agree_with_joining_pair_by_pair(rows):
    def close(one, other):
        if one[0] != other[0]:
            return False
        timed = one[1] is not None and one[1] == other[1] and None not in (one[3], other[3])
        return (
            (timed and abs(one[3] - other[3]) <= 60)
            or (one[2] is not None and one[2] == other[2])
            or (one[4] is not None and one[4] == other[4])
        )

    group = list(range(len(rows)))
    for _ in rows:
        for i, one in enumerate(rows):
            for j, other in enumerate(rows):
                if close(one, other):
                    group[i] = group[j] = min(group[i], group[j])
    assert groups(taken(*rows)) == [str(first + 1) for first in group]


def portrait(number="1", **more):
    given = {"portraitID": f"p{number}", "filePath": f"portraits/p{number}.jpg", "scientificName": LEOPARD[0]}
    return {**given, **more}


def test_a_portrait_is_a_picture_without_box_camera_and_time():
    given = [portrait(individualID="T7", flank="left"), portrait("2"), portrait("3", scientificName="Panthera tigris")]
    frame, found = look(media=[], portraits=given)
    assert frame.select("table", "kind", "subjectID", "mediaID", "flank", "filePath", "row").rows() == [
        ("portraits", "individual", "T7", "p1", "left", "portraits/p1.jpg", 2),
        ("portraits", "observation", "p2", "p2", None, "portraits/p2.jpg", 3),
    ]
    without = frame.select("bboxX", "deploymentID", "eventID", "instant").null_count()
    assert without.row(0) == (2, 2, 2, 2)
    assert found.is_empty()


@pytest.mark.parametrize(("certainty", "subject"), [(None, "T7"), ("probable", "T7"), ("possible", "p1")])
def test_a_portrait_bears_the_name_that_is_not_only_possible(certainty, subject):
    frame, _ = look(media=[], portraits=[portrait(individualID="T7", certainty=certainty)])
    assert frame["subjectID"].to_list() == [subject]


def test_a_portrait_of_a_picture_that_is_there_whole_is_not_taken_again():
    frame, _ = look(observations=[on_media()], portraits=[portrait(portraitID="o1"), portrait("2")])
    assert frame.select("table", "observationID").rows() == [("media", "o1"), ("portraits", "p2")]


def test_portraits_are_named_as_the_whole_package_names_its_pictures():
    """By the event where a detector drew the box; not by a name on which records differ; by the tag of the flank."""
    media = [{"mediaID": f"m{number}", "filePath": f"media/{number}.jpg"} for number in range(1, 5)]
    seen = [
        {"observationID": "e1", "eventID": "e1", "individualID": "T7"},
        on_media(observationID="box", eventID="e1", **BOX),
        on_media(observationID="two", mediaID="m2", individualID="T8", observationTags="flank:left", **BOX),
        on_media(observationID="maybe", mediaID="m3", observationTags="flank:rear", **BOX),
        on_media(observationID="bare", mediaID="m4"),
    ]
    said = [judged(observationID="two", name="T9"), judged("i2", observationID="maybe", certainty="possible")]
    owned = package(deployments=[{}], media=media, observations=seen, identifications=said)
    table, cuts, without = portraits(owned)
    assert table.select("portraitID", "individualID", "certainty", "flank").rows() == [
        ("box", "T7", None, None),
        ("maybe", "T7", "possible", None),
        ("two", None, None, "left"),
    ]
    assert cuts["filePath"].to_list() == ["media/1.jpg", "media/3.jpg", "media/2.jpg"]
    assert without == 1
