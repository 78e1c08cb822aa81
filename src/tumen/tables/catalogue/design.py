"""The words of findings about the survey design a protocol asks for."""

from tumen.tables.code import Code

_ASKED = "Asked for: {required} ({species}; {source}). Session: {session}."
_OWN = "Mend the survey, or declare the rule of your own protocol in [design] of the study, with its source."


def _broken(code: str, what: str, cure: str, example: str) -> Code:
    return Code(code, "warning", f"{what} {_ASKED}", f"{cure} {_OWN}", example)


CODES = (
    _broken(
        "design-spacing",
        "Stations stand {value} from the nearest other one (median of {units}).",
        "Set stations so that every animal meets several and no home range is left between them.",
        "6.2 km",
    ),
    _broken(
        "design-cells",
        "There are {value} stations in each grid cell that has any.",
        "Set more stations in cells with few, or fewer in cells with many.",
        "1.2",
    ),
    _broken(
        "design-unpaired",
        "Two cameras worked at once at {value} of the stations; at {outside} of {units} they did not.",
        "Set a second camera facing the first: an animal seen from one side only cannot be told from others.",
        "41 %",
    ),
    _broken(
        "design-height",
        "Cameras stand {value} above the ground (median of {units}; {outside} outside the range).",
        "Set them at the height of the animal's flank.",
        "1.2 m",
    ),
    _broken(
        "design-working",
        "Cameras worked at {value} of the stations; {outside} of {units} never worked.",
        "Replace lost cameras during the session, and analyse those stations as not operating.",
        "55 %",
    ),
    _broken(
        "design-nights",
        "Stations worked for {value} (median of {units}; at {outside} it was otherwise than asked).",
        "Leave the cameras longer, or visit them more often.",
        "18 d",
    ),
    _broken(
        "design-lost",
        "Cameras stood and did not work for {value} of their time ({units} stations).",
        "Visit more often, and protect the cameras.",
        "24 %",
    ),
    _broken(
        "design-window",
        "The session lasted {value}: animals are born, die, come and go in such a time.",
        "Cut the data into sessions in which the population can be taken for closed: sessions = [...] in [design].",
        "365 d",
    ),
    _broken(
        "design-check-interval",
        "Cameras were visited every {value} (median of {units}; {outside} otherwise than asked).",
        "Visit cameras more often; if visits were not recorded, record each as the end of a deployment.",
        "150 d",
    ),
    _broken(
        "design-gaps",
        "Stations stood without a camera for {value} between deployments (median of {units} gaps).",
        "Set the next camera on the day the last one is taken.",
        "20 d",
    ),
    _broken(
        "design-occasions",
        "The session holds {value} whole occasions.",
        "Lengthen the session, or shorten the occasion.",
        "3",
    ),
    _broken(
        "design-border-distance",
        "Stations stand {value} from the border (median of {units}).",
        "Set stations where the protocol asks for them.",
        "35 km",
    ),
    _broken(
        "design-strip",
        "The sampled strip is {value} deep, by the published home range that gives the least.",
        "Sample deeper, or estimate together with the neighbour: many animals live on both sides of such a strip.",
        "1.9 σ",
    ),
    _broken(
        "design-buffer",
        "The declared buffer is {value} wide, by the published home range that gives the least.",
        "Widen the buffer, so that no animal that meets a camera has its centre outside.",
        "1.5 σ",
    ),
    _broken(
        "design-replicates",
        "Samples were typed {value} times at a locus, at the least ({outside} of {units} otherwise than asked).",
        "Type again: a lost allele shows only in repeats.",
        "1",
    ),
    _broken(
        "design-controls",
        "A laboratory run has {value} such controls, at the least ({quantity}; {outside} of {units} runs otherwise "
        "than asked).",
        "Run known animals beside the samples and record them in controls.",
        "0",
    ),
    _broken(
        "design-shared-references",
        "Two laboratories have typed {value} reference animals in common.",
        "Exchange reference samples before allele sizes of the two are compared.",
        "0",
    ),
    _broken(
        "design-sample-age",
        "Faeces were {value} old when collected (median of {units}; {outside} older than asked).",
        "Walk the routes more often, and expect more failed typings.",
        "21 d",
    ),
    _broken(
        "design-count-window",
        "{quantity}: {value}; {outside} of {units} otherwise than asked.",
        "Count in the window; a site not visited is missing, not zero.",
        "0",
    ),
    _broken(
        "design-synchrony",
        "On the best day of a season {value} of a group's sites were counted, at the least ({outside} of {units} "
        "seasons otherwise than asked).",
        "Agree on one day for all sites of the group; counts of different days are not added.",
        "50 %",
    ),
    _broken(
        "design-years",
        "A site was counted in {value} years of a season, at the least ({outside} of {units} otherwise than asked).",
        "Go on counting; say of such a site that it is not established.",
        "2",
    ),
    Code(
        "design-not-judged",
        "note",
        "The tables do not tell: {quantity}. " + _ASKED,
        "Record it, so that it can be judged; not judged is not passed.",
    ),
)
