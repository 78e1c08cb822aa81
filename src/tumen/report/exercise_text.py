"""Write the task of an exercise, its glossary, its key and its marks."""

from tumen.report.exercise_words import LESSONS, REPORT, TRUTHS, UNITS, Lesson
from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.simulate.exercises.key import Made, Number, Planted
from tumen.simulate.exercises.marking import ERROR, Mark, Marks

GLOSSARY = (mark("Question"), mark("Permitted answer"), mark("What it means"), mark("What to write under value"))
"""Headings of the glossary."""


def task(number: int, made: Made, words: Words) -> str:
    """Return the task as Markdown."""
    lesson = LESSONS[number]
    text = words.text
    steps = [
        text("Read the tables in packages/, with a spreadsheet or with any program. Do not change them."),
        text("Write what you find into answers.csv: one row for each error. Add rows where there are too few."),
        text("Some things look wrong and are right. A row that reports one of them takes a point away."),
        text("Then see what the program says. One error may have many findings:") + f" `{lesson.shown}`",
        text("Then let it be marked:") + f" `tumen exercise {number} . --mark`",
    ]
    if made.study:
        study = text("study.toml joins the packages, for commands that ask for a study:")
        steps.insert(-1, f"{study} `tumen crossings study.toml`, `{REPORT}`")
    blocks = [
        f"# {number}. {text(lesson.title)}",
        text(lesson.trains),
        "## " + text("What to do"),
        "\n".join(f"{k}. {step}" for k, step in enumerate(steps, 1)),
        "## " + text("Errors") + f" (`{ERROR}`)",
        text(lesson.items),
        text("Write its name under item (a row number of its table will do) and one of these words under answer:"),
        "\n".join(_line(cause, _cause(lesson, cause, unit, words)) for cause, unit in made.causes.items()),
        *_numbers(lesson, made, words),
        "## " + text("Statements"),
        text("Write one of these words under answer:"),
        "\n".join(_line(word, text(meaning)) for word, meaning in TRUTHS.items()),
        "\n".join(_line(name, text(lesson.statements[name][0])) for name in made.statements),
    ]
    notice = words.notice()
    return "\n\n".join([*blocks, *([notice] if notice else [])]) + "\n"


def glossary(number: int, made: Made, words: Words) -> list[tuple[str, str, str, str]]:
    """Return the rows of the glossary below its headings: question, permitted answer, meaning, value."""
    lesson = LESSONS[number]
    rows = [
        (ERROR, cause, words.text(lesson.causes[cause]), words.text(UNITS[unit]) if unit else "")
        for cause, unit in made.causes.items()
    ]
    rows += [(one.name, "0, 1, 2 …", _asked(lesson, one, words), "") for one in made.numbers]
    truths = " / ".join(TRUTHS)
    return rows + [(name, truths, words.text(lesson.statements[name][0]), "") for name in made.statements]


def key(number: int, made: Made, words: Words) -> str:
    """Return the key with its reasons, for those who teach."""
    lesson = LESSONS[number]
    lines = [f"{number}. {words.text(lesson.title)}", ""]
    for planted in made.planted:
        lines += [_planted(planted, made, words), *_indented(_why(lesson, planted, words))]
    lines += ["", words.text("These look wrong and are right:")]
    for why, meaning in lesson.decoys.items():
        items = [decoy.item for decoy in made.decoys if decoy.why == why]
        if items:
            lines += _indented([f"{words.listing(items)}: {words.text(meaning)}"])
    lines.append("")
    lines += [f"{one.name}: {words.number(one.value, _decimals(one))}" for one in made.numbers]
    for name, right in made.statements.items():
        statement, reason = lesson.statements[name]
        lines += [f"{name}: {right}", *_indented([words.text(statement), words.text(reason)])]
    return "\n".join(lines) + "\n"


def marked(number: int, made: Made, marks: Marks, words: Words) -> str:
    """Return what was found, missed and wrongly reported, question by question, and the score."""
    lesson = LESSONS[number]
    lines = [f"{number}. {words.text(lesson.title)}"]
    for one in marks.marks:
        lines += ["", *_judged(lesson, made, one, words)]
    percent = words.percent(marks.points / marks.of, 0)
    score = words.text("Score: {points} of {of} points", points=marks.points, of=marks.of)
    notice = words.notice()
    return "\n".join([*lines, "", f"{score} ({percent})", *(["", notice] if notice else [])]) + "\n"


def _line(word: str, meaning: str) -> str:
    return f"- `{word}`: {meaning}"


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def _cause(lesson: Lesson, cause: str, unit: str, words: Words) -> str:
    meaning = words.text(lesson.causes[cause])
    return meaning if not unit else f"{meaning} ({words.text('value')}: {words.text(UNITS[unit])})"


def _numbers(lesson: Lesson, made: Made, words: Words) -> list[str]:
    if not made.numbers:
        return []
    blocks = ["## " + words.text("Numbers"), words.text("Write the number under answer:")]
    if "nightsOfStation" in lesson.numbers:
        blocks.append(
            words.text(
                "A camera-night is 24 hours in which one camera worked: from deploymentStart to deploymentEnd, less "
                "the periods in which it had failed, was stolen or obstructed. A night more or less does not matter."
            )
        )
    return [*blocks, "\n".join(_line(one.name, _asked(lesson, one, words)) for one in made.numbers)]


def _asked(lesson: Lesson, number: Number, words: Words) -> str:
    return words.text(lesson.numbers[number.name], item=number.item)


def _decimals(number: Number) -> int:
    return 0 if number.value == round(number.value) else 1


def _planted(planted: Planted, made: Made, words: Words) -> str:
    parts = [planted.item, planted.cause]
    if planted.value is not None:
        value = words.number(planted.value, 0)
        sign = "+" if planted.signed and planted.value > 0 else ""
        parts.append(f"{sign}{value} ({words.text(UNITS[made.causes[planted.cause]])})")
    return " · ".join(parts)


def _why(lesson: Lesson, planted: Planted, words: Words) -> list[str]:
    """Return why it is an error, and how it would have been seen."""
    command = REPORT if planted.table == "links" else lesson.shown
    shown = words.text("Shown as {code} by: {command}", code=planted.finding, command=command)
    return [words.text(lesson.causes[planted.cause]), shown]


def _judged(lesson: Lesson, made: Made, one: Mark, words: Words) -> list[str]:
    if one.planted is not None:
        return _on_error(lesson, made, one.planted, one, words)
    if one.question == ERROR and one.given is not None:
        return _on_nothing(lesson, one, words)
    if one.verdict == "unknown":
        return [words.text("Row {row}: there is no question {question}.", row=_row(one), question=one.question)]
    points = f"{one.question} [{one.points}/{one.of}] "
    said = "" if one.given is None else one.given.answer or one.given.value
    verdict = {
        "right": words.text("right: {said}", said=said),
        "wrong": words.text("wrong: {said}", said=said),
        "missed": words.text("not answered"),
    }[one.verdict]
    if one.number is not None:
        right = words.number(one.number.value, _decimals(one.number))
        return [
            points + verdict,
            *_indented([_asked(lesson, one.number, words), words.text("It is {right}.", right=right)]),
        ]
    statement, reason = lesson.statements[one.question]
    right = words.text("It is {right}.", right=made.statements[one.question])
    return [points + verdict, *_indented([words.text(statement), f"{right} {words.text(reason)}"])]


def _row(one: Mark) -> str:
    return "" if one.given is None else str(one.given.row)


def _on_error(lesson: Lesson, made: Made, planted: Planted, one: Mark, words: Words) -> list[str]:
    """Say what became of an error that was planted."""
    what = _planted(planted, made, words)
    said = "" if one.given is None else one.given.answer
    value = "" if one.given is None else one.given.value
    row = _row(one)
    verdict = {
        "found": words.text("found (row {row})", row=row),
        "valueWrong": words.text("found (row {row}); the value is not {said}", row=row, said=value or "–"),
        "causeWrong": words.text("place found (row {row}); the cause is not {said}", row=row, said=said or "–"),
        "missed": words.text("missed"),
        "again": words.text("said before; row {row} changes nothing", row=row),
    }[one.verdict]
    points = f"[{one.points}/{one.of}] " if one.of else ""
    lines = [f"{points}{verdict}: {what}"]
    if one.verdict != "again":
        lines += _indented(_why(lesson, planted, words))
    if one.header_missed:
        lines += _indented([words.text("A spreadsheet counts the header as row 1; your row number left it out.")])
    return lines


def _on_nothing(lesson: Lesson, one: Mark, words: Words) -> list[str]:
    """Say of a reported error that there is none, and if it only looks like one, why it is right."""
    item = "" if one.given is None else one.given.item
    line = words.text("wrongly reported (row {row}): {item}", row=_row(one), item=item or "–")
    reason = words.text("Nothing was planted there.") if one.decoy is None else words.text(lesson.decoys[one.decoy.why])
    return [f"[{one.points}] {line}", *_indented([reason])]
