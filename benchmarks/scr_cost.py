"""What a fit costs as a survey grows: mask points, animals, stations, parameters, drawn in one figure."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scr_worlds import World, survey
from matplotlib.figure import Figure

from tumen.population.scr.fit import fit
from tumen.population.scr.model import Model
from tumen.report.drawing import render

MASKS, ANIMALS, PARAMETERS = (1_000, 2_000, 5_000, 10_000, 20_000), (10, 30, 66, 150, 300), (3, 6, 9, 12, 15)
STATIONS = ((5, 4), (5, 10), (10, 15), (15, 20), (20, 25))
SECR = ((5_000, 55.5), (20_000, 202.0))
"""Mask points and seconds of secr 5.5.0 on surveys of this size (150 stations, 60 nights, 66 animals)."""
BLUE, ORANGE = "#0072b2", "#d55e00"
"""Two colours that differ to every eye; the marks differ too."""


@dataclass(frozen=True)
class Line:
    """CPU seconds of fits along one size."""

    label: str
    sizes: Sequence[int]
    seconds: Sequence[float]


def plot(path: Path, runs: int) -> None:
    """Time the fits, print them and write the figure."""
    lines = [
        Line("mask points", MASKS, [seconds(World(mask=count), Model(), runs) for count in MASKS]),
        Line("animals seen", ANIMALS, [seconds(World(animals=count), Model(), runs) for count in ANIMALS]),
        Line(
            "stations",
            [across * down for across, down in STATIONS],
            [seconds(World(shape), Model(), runs) for shape in STATIONS],
        ),
        Line("parameters", PARAMETERS, [seconds(World(), with_effects(count), runs) for count in PARAMETERS]),
    ]
    for line in lines:
        pairs = ", ".join(f"{size:,}: {found:.2f}" for size, found in zip(line.sizes, line.seconds, strict=True))
        print(f"CPU s by {line.label}: {pairs}")
    path.write_text(drawn(lines))


def with_effects(count: int) -> Model:
    """Return a model of `count` parameters: D, g0, sigma, and effects of stations on g0."""
    effects = " + ".join(f"c{number}" for number in range(1, count - 2))
    return Model(detect=effects or "1")


def seconds(world: World, model: Model, runs: int) -> float:
    """Return the median CPU seconds of a fit after one that is not counted."""
    session = survey(world)
    found = []
    for _ in range(runs + 1):
        start = time.process_time()
        fit([session], model)
        found.append(time.process_time() - start)
    return statistics.median(found[1:])


def drawn(lines: Sequence[Line]) -> str:
    """Return the figure as SVG: the same bytes for the same seconds."""

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(lines), sharey=True)
        for panel, line in zip(panels, lines, strict=True):
            panel.plot(line.sizes, line.seconds, color=BLUE, marker="o", markersize=4, linewidth=1.2)
            panel.set(xscale="log", yscale="log", xlabel=line.label, ylim=(0.02, 400))
            ends = (line.sizes[0], line.sizes[-1])
            panel.set_xticks(ends, [f"{size:,}" for size in ends])
            panel.minorticks_off()
            panel.grid(axis="y", color="#dddddd", linewidth=0.5)
            panel.spines[["top", "right"]].set_visible(False)
            panel.annotate(
                f"{line.seconds[-1]:.2g}",
                (ends[1], line.seconds[-1]),
                (0, 6),
                textcoords="offset points",
                ha="right",
                color=BLUE,
            )
        panels[0].set_ylabel("CPU seconds of a fit")
        panels[0].set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
        panels[0].plot(*zip(*SECR, strict=True), color=ORANGE, marker="s", markersize=4, linewidth=1.2)
        for size, found in SECR:
            panels[0].annotate(
                f"secr {found:g}", (size, found), (-4, 6), textcoords="offset points", ha="right", color=ORANGE
            )
        figure.subplots_adjust(left=0.08, right=0.98, bottom=0.2, top=0.95, wspace=0.12)

    return render("scr-cost", (8.0, 2.8), draw, "en")
