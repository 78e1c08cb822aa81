"""Random detections that keep what is always true: a place has one side."""

from hypothesis import strategies as st
from tests.crossings.sightings import PLACES, Sighting

MINUTES = st.sampled_from([0, 5, 10, 29, 30, 31, 45, 59, 60, 61, 200, 1440, 1450, 5000])


@st.composite
def sighting(draw: st.DrawFn) -> Sighting:
    place = draw(st.sampled_from([None, *PLACES]))
    sides = draw(st.sampled_from(["RU", "CN", "CN|RU", "CN|KP", ""])) if place is None else None
    return Sighting(
        who=draw(st.sampled_from(["L9", "T7"])),
        minute=draw(MINUTES),
        place=place,
        lasts=draw(st.sampled_from([0, 0, 0, 5, 40])) if place else 0,
        sides=sides,
        party=draw(st.sampled_from(["north", "south"])) if place is None else None,
        stage=draw(st.sampled_from([None, "juvenile", "subadult", "adult"])),
        sex=draw(st.sampled_from([None, "female"])),
        lon=draw(st.sampled_from([131.0, 131.5])) if place is None else None,
        far=draw(st.sampled_from([100.0, 2000.0, 3000.0])),
    )


def sightings(largest: int = 9) -> st.SearchStrategy[list[Sighting]]:
    return st.lists(sighting(), min_size=1, max_size=largest)
