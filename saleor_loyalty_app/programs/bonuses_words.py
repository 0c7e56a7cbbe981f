"""What changes about bonuses from one program to the next, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.bonuses import DEFAULTS, Bonuses, Question


@dataclass(frozen=True, slots=True)
class BonusChange:
    """One difference: the code of its text, the path, and what completes the text."""

    code: str
    path: str
    arguments: dict[str, object]


def bonus_changes(old: Bonuses | None, new: Bonuses | None, language: str) -> Iterator[BonusChange]:
    """What changes from one section to the next; None stands for the defaults."""
    before, after = old or DEFAULTS, new or DEFAULTS
    yield from _settings(before, after, language)
    yield from _questions(before, after, language)


def _settings(before: Bonuses, after: Bonuses, language: str) -> Iterator[BonusChange]:
    if before.birthdays.asked != after.birthdays.asked:
        code = "birthdays_asked" if after.birthdays.asked else "birthdays_not_asked"
        yield BonusChange(code, "bonuses.birthdays.asked", {})
    leap = [
        translate(f"value.leap_day.{one.birthdays.leap_day}", language) for one in (before, after)
    ]
    counted = (
        ("birthdays.leap_day", leap[0], leap[1]),
        ("birthdays.known_days", before.birthdays.known_days, after.birthdays.known_days),
        ("remembered_months", before.remembered_months, after.remembered_months),
    )
    for field, was, becomes in counted:
        if was != becomes:
            setting = translate(f"bonuses.{field}", language)
            arguments: dict[str, object] = {"setting": setting, "before": was, "after": becomes}
            yield BonusChange("setting", f"bonuses.{field}", arguments)


def _questions(before: Bonuses, after: Bonuses, language: str) -> Iterator[BonusChange]:
    was = {question.id: question for question in before.questions}
    becomes = {question.id: question for question in after.questions}
    for question in before.questions:
        if question.id not in becomes:
            yield _change("question_removed", question, language)
    for question in after.questions:
        old = was.get(question.id)
        if old is None:
            yield _change("question_added", question, language)
        elif old.enabled != question.enabled:
            code = "question_enabled" if question.enabled else "question_disabled"
            yield _change(code, question, language)
        if old is not None and _asked(old) != _asked(question):
            yield _change("question_changed", question, language)
    kept = [one for one in was if one in becomes]
    if kept != [one for one in becomes if one in was]:
        yield BonusChange("questions_reordered", "bonuses.questions", {})


def _asked(question: Question) -> Question:
    return question.model_copy(update={"enabled": True})


def _change(code: str, question: Question, language: str) -> BonusChange:
    path = f"bonuses.questions.{question.id}"
    return BonusChange(code, path, {"question": question.asked(language)})
