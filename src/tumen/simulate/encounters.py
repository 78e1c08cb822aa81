"""When an animal meets a camera, and what the camera then holds.

The rule is an effective kernel, not optics: in each step of the path the animal meets the nearest station with a chance
that falls with distance as a half-normal curve of a few hundred metres. It stands for everything a grid of half an hour
cannot show (trails that lead past the camera, the passes between two steps). Two things keep it physical: the animal is
on the camera's side of the border at both ends of the step, and it had time to walk from its last encounter at `pace`.

Everything random about an encounter is drawn here, before anybody asks whether the camera worked: failures take
encounters away and change nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from tumen.simulate.animals import Animal
from tumen.simulate.cameras import Deployment, Station
from tumen.simulate.land import Land
from tumen.simulate.settings import WorldSettings
from tumen.simulate.streams import stream
from tumen.simulate.walks import Walk

TRUNCATION = 2.5
"""Beyond this many kernel widths nothing is met."""
SHOTS = (2, 4)
SPACING = (1, 6)
"""Pictures of a burst: how many, and how many seconds apart."""


@dataclass(frozen=True)
class Meeting:
    """One animal before one station. `names` are draws that decide, later, whether the party recognises it.

    `shots` are the seconds of the pictures since the world began, for each camera that saw it.
    """

    animal: Animal
    station: Station
    shots: Mapping[str, tuple[int, ...]]
    flanks: Mapping[str, str]
    names: tuple[float, float, float]


@dataclass(frozen=True)
class Sighting:
    """What one camera that worked holds of one meeting."""

    meeting: Meeting
    deployment: Deployment

    @property
    def shots(self) -> tuple[int, ...]:
        """The seconds of its pictures since the world began."""
        return self.meeting.shots[self.deployment.camera]


def meetings(
    animals: tuple[Animal, ...],
    paths: Mapping[str, Walk],
    sites: tuple[Station, ...],
    settings: WorldSettings,
    ground: Land,
    seed: int,
) -> list[Meeting]:
    """Return every meeting, by animal and time; a cub meets cameras together with its mother."""
    families: dict[str, list[Animal]] = {}
    for animal in animals:
        if animal.mother is not None:
            families.setdefault(animal.mother, []).append(animal)
    tree = cKDTree(np.array([[site.x, site.y] for site in sites]))
    own = np.array([ground.number(site.party.country) for site in sites], np.int8)
    found: list[Meeting] = []
    for animal in animals:
        if animal.mother is None:
            walk = paths[animal.truth_id]
            rng = stream(seed, f"encounters/{animal.truth_id}")
            moments = _moments(walk, tree, own, settings, rng)
            alone = _walkable(moments, sites, settings.pace)
            own_meetings = [_meeting(animal, sites[number], second, settings, rng) for second, number in alone]
            found += own_meetings
            for cub in families.get(animal.truth_id, []):
                found += _with_mother(cub, own_meetings, settings, stream(seed, f"encounters/{cub.truth_id}"))
    return found


def sightings(met: list[Meeting], deployed: tuple[Deployment, ...]) -> list[Sighting]:
    """Return what the cameras hold: the meetings for which a deployment stood there and worked, in order of time."""
    windows: dict[tuple[str, str], list[Deployment]] = {}
    for deployment in deployed:
        windows.setdefault((deployment.station.name, deployment.camera), []).append(deployment)
    found = [
        Sighting(meeting, deployment)
        for meeting in met
        for camera, shots in meeting.shots.items()
        for deployment in windows[meeting.station.name, camera]
        if deployment.works(shots[0], shots[-1])
    ]
    return sorted(found, key=lambda s: (s.shots[0], s.deployment.name, s.meeting.animal.truth_id))


def _moments(
    walk: Walk, tree: "cKDTree[None]", own: np.ndarray[tuple[int], np.dtype[np.int8]], settings: WorldSettings,
    rng: np.random.Generator,
) -> list[tuple[int, int]]:  # fmt: skip
    """Return (second, number of the station) of the steps in which the animal meets one."""
    chance, within = rng.random(len(walk.places)), rng.random(len(walk.places))
    queried = tree.query(walk.places[:-1], distance_upper_bound=TRUNCATION * settings.kernel)
    distance, nearest = np.asarray(queried[0]), np.asarray(queried[1])
    close = np.flatnonzero(np.isfinite(distance))
    here = own[nearest[close]]
    close = close[(walk.country[close] == here) & (walk.country[close + 1] == here)]
    met = close[chance[close] < settings.encounter * np.exp(-(distance[close] ** 2) / (2 * settings.kernel**2))]
    # A burst may last half a minute; it must end within the step.
    seconds = (walk.first + met) * settings.step * 60 + within[met] * (settings.step * 60 - 60)
    return [(int(second), int(number)) for second, number in zip(seconds, nearest[met], strict=True)]


def _walkable(moments: list[tuple[int, int]], sites: tuple[Station, ...], pace: float) -> list[tuple[int, int]]:
    """Leave out what the animal could not have walked to: the kernel reaches further than a camera sees."""
    kept: list[tuple[int, int]] = []
    for second, number in moments:
        if kept:
            last = sites[kept[-1][1]]
            way = float(np.hypot(sites[number].x - last.x, sites[number].y - last.y))
            if way > pace * (second - kept[-1][0] - 60) / 3600:
                continue
        kept.append((second, number))
    return kept


def _meeting(animal: Animal, site: Station, second: int, settings: WorldSettings, rng: np.random.Generator) -> Meeting:
    """Draw one meeting: which of the cameras react, their pictures, the flank each sees, the draws for naming."""
    react = rng.random(2) < settings.both_cameras
    left = bool(rng.random() < 0.5)
    bursts = [second + np.cumsum(rng.integers(*SPACING, rng.integers(SHOTS[0], SHOTS[1] + 1))) for _ in range(2)]
    names = tuple(float(draw) for draw in rng.random(3))
    shots = {
        camera: tuple(int(moment) for moment in bursts[number])
        for number, camera in enumerate(site.cameras)
        if react[number] or len(site.cameras) == 1
    }
    sides = ("left", "right") if left else ("right", "left")
    flanks = {camera: sides[number] for number, camera in enumerate(site.cameras)}
    return Meeting(animal, site, shots, flanks, (names[0], names[1], names[2]))


def _with_mother(cub: Animal, hers: list[Meeting], settings: WorldSettings, rng: np.random.Generator) -> list[Meeting]:
    """Return the mother's meetings in which this cub is in the picture."""
    found = []
    for meeting in hers:
        seen, *names = (float(draw) for draw in rng.random(4))
        second = min((shots[0] for shots in meeting.shots.values()), default=-1)
        if seen < settings.cub_seen and cub.present[0] * 3600 <= second <= cub.present[1] * 3600 - 60:
            found.append(Meeting(cub, meeting.station, meeting.shots, meeting.flanks, (names[0], names[1], names[2])))
    return found
