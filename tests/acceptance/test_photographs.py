"""Real photographs of jaguars, zebras and turtles: found as often as the benchmark says, and never by their flank."""

import numpy as np
import polars as pl
import pytest
from benchmarks.photographs import line, real
from PIL import Image

from tumen.individuals.photo_evaluate import answerable, evaluate
from tumen.individuals.photo_features import Sift
from tumen.individuals.photo_gallery import Gallery, rank
from tumen.individuals.photo_verify import correspondences


def chip(path):
    return np.asarray(Image.open(path).convert("RGB"))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "first", "queries", "precision"), [("zebras", 4, 4, 0.99), ("turtles", 4, 4, 0.99)])
def test_every_zebra_and_turtle_with_a_second_picture_comes_first(shared_data, name, first, queries, precision):
    shown = next(one for one in real(shared_data, strict=False) if one.name == name)
    gallery = Gallery.of([Sift()(one) for one in shown.chips], shown.pictures)
    asked = answerable(shown.pictures)
    found = evaluate(rank(gallery, asked, most=100), shown.pictures, asked)
    assert (found.within(1), found.count) == (first, queries), line(name, [found])
    assert found.mean_average_precision >= precision


@pytest.mark.slow
def test_a_jaguar_is_found_across_encounters_on_the_same_flank_only(shared_data):
    shown = next(one for one in real(shared_data, strict=False) if one.name == "jaguars")
    kept = shown.pictures.filter(pl.col("mediaID").str.starts_with("J"))
    flank = pl.col("mediaID").str.extract("(left|right)")
    table = kept.with_columns(flank=flank)
    gallery = Gallery.of([Sift()(shown.chips[number]) for number in table["picture"]], table)
    number = dict(zip(table["mediaID"], table["picture"], strict=True))
    found = rank(gallery, [number["J148_0148_right"]], most=1).filter("comparable")
    assert found["other"].item() == number["J148_1593_right"]
    assert found["inliers"].item() >= 20
    left = rank(gallery, [number["J148_1593_right"]]).filter(other=number["J148_1558_left"])
    assert left["comparable"].item() is False


@pytest.mark.slow
def test_a_zebra_recorded_on_the_wrong_flank_shows_as_a_strong_pair_that_is_not_comparable(shared_data):
    shown = next(one for one in real(shared_data, strict=False) if one.name == "zebras")
    labels = pl.read_csv(shared_data / "C3_grevys_zebra_flanks" / "labels.csv", infer_schema=False).sort("file")
    table = shown.pictures.with_columns(flank=labels["flank"].str.to_lowercase())
    gallery = Gallery.of([Sift()(one) for one in shown.chips], table)
    pair = rank(gallery, [9]).row(0, named=True)
    assert (pair["other"], pair["comparable"]) == (4, False)
    assert pair["inliers"] >= 15


@pytest.mark.slow
def test_two_photographs_of_one_turtle_correspond_and_of_two_hardly(shared_data):
    folder = shared_data / "C4_sea_turtle_heads" / "images"
    one, again, other = (
        Sift()(chip(folder / f"{name}.JPG"))
        for name in ("identity_a/image_1", "identity_a/image_2", "identity_b/image_3")
    )
    assert len(correspondences(one, again)) > 40
    assert len(correspondences(one, other)) < 12
