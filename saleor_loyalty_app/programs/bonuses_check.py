"""Whether questions and rules about bonuses fit each other."""

from collections.abc import Iterator

from saleor_loyalty_app.programs.bonuses import DEFAULTS, Question
from saleor_loyalty_app.programs.choices import choice_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import Problem


def bonus_problems(program: Program) -> Iterator[Problem]:
    """The problems of the program's section on bonuses, and of the rules that pay them."""
    section = program.bonuses or DEFAULTS
    for index, question in enumerate(section.questions):
        path = f"bonuses.questions[{index}]"
        for locale in program.texts:
            if not _says_all(question, locale):
                detail = {"locale": locale, "question": question.id}
                yield Problem("question_text_missing", path, "warning", detail)
    asked = {question.id for question in section.questions if question.enabled}
    for index, rule in enumerate(program.earning.rules):
        if not rule.enabled:
            continue
        path = f"earning.rules[{index}]"
        if rule.trigger == "question_answered":
            for question_id in rule.on or ():
                if question_id not in asked:
                    written = question_id in {one.id for one in section.questions}
                    off = {"question": question_id, "case": "off"}
                    unknown = {"question": question_id, **choice_of(question_id, sorted(asked))}
                    detail = off if written else unknown
                    yield Problem("question_not_asked", f"{path}.on", "warning", detail)
        elif rule.trigger == "birthday" and not section.birthdays.asked:
            yield Problem("birthday_not_asked", path, "warning")


def _says_all(question: Question, locale: str) -> bool:
    said = [question.text, *(option.label for option in question.options)]
    return all(locale in labels or locale.partition("-")[0] in labels for labels in said)
