"""How many are there, and will they last? Sections and figures of the answers on numbers, species by species."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from tumen.report import density as of_density
from tumen.report import diversity as of_diversity
from tumen.report import survival as of_survival
from tumen.report import trends as of_trends
from tumen.report import waterbirds as of_waterbirds
from tumen.report.density_charts import draw_countries
from tumen.report.density_detection import draw_detection
from tumen.report.density_diagnostics import draw_diagnostics
from tumen.report.density_map import draw_density_maps
from tumen.report.diversity_charts import draw_diversity, draw_ordination
from tumen.report.document import Block, Section
from tumen.report.figure import Figure
from tumen.report.ground import Sheet
from tumen.report.population import section_name, species_of
from tumen.report.population_cells import name_of
from tumen.report.source import ReportSource
from tumen.report.survival_chart import draw_survival
from tumen.report.trends_charts import draw_indicators, draw_trends
from tumen.report.waterbirds_charts import draw_seasons
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.answer import Answer

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "density": mark("How many are there? {species}"),
        "survival": mark("Will they last? {species}"),
        "diversity": mark("What do their genes say? {species}"),
        "waterbirds": mark("Does the site qualify?"),
        "trends": mark("How do the numbers change? {species}"),
        "indicators": mark("How do the numbers change? Several species"),
    }
)
_BODIES: Mapping[str, Callable[[Answer, Sequence[Block], Words], tuple[Block, ...]]] = MappingProxyType(
    {
        "density": of_density.density,
        "survival": of_survival.survival,
        "diversity": of_diversity.diversity,
        "waterbirds": of_waterbirds.waterbirds,
        "trends": of_trends.trends,
        "indicators": of_trends.indicators,
    }
)

_Draw = Callable[[Answer, ReportSource, Sheet], tuple[Figure, ...]]


def _alone(draw: Callable[[Answer, Sheet], tuple[Figure, ...]]) -> _Draw:
    """Return the drawing of an answer that needs nothing else of the report."""
    return lambda answer, _, sheet: draw(answer, sheet)


_PICTURES: Mapping[str, tuple[_Draw, ...]] = MappingProxyType(
    {
        "density": (draw_density_maps, _alone(draw_countries), _alone(draw_detection), _alone(draw_diagnostics)),
        "survival": (_alone(draw_survival),),
        "diversity": (_alone(draw_ordination), _alone(draw_diversity)),
        "waterbirds": (_alone(draw_seasons),),
        "trends": (_alone(draw_trends),),
        "indicators": (_alone(draw_indicators),),
    }
)


def population_sections(
    answers: Iterable[Answer], pictures: Callable[[str], tuple[Block, ...]], words: Words
) -> tuple[Section, ...]:
    """Return a section for each answer; `pictures` gives the numbered figures of a section by its name."""
    return tuple(
        Section(
            section_name(answer),
            words.text(TITLES[answer.name], species=name_of(words, answer)),
            _BODIES[answer.name](answer, pictures(section_name(answer)), words),
        )
        for answer in answers
    )


def population_figures(answers: Iterable[Answer], source: ReportSource, sheet: Sheet) -> tuple[Figure, ...]:
    """Return the figures of the answers, in the order in which they are read."""
    return tuple(
        figure for answer in answers for draw in _PICTURES[answer.name] for figure in draw(answer, source, sheet)
    )


def headlines(answers: Iterable[Answer], words: Words, scientific: str) -> tuple[str, ...]:
    """Return the sentence on how many animals there are, for the card of a species; none if nobody could say."""
    return tuple(
        of_density.sentences(answer, words)[0]
        for answer in answers
        if answer.name == "density"
        and species_of(answer) == scientific
        and of_density.estimated(answer)
        and of_density.sentences(answer, words)
    )
