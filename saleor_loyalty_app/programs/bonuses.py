"""The section on bonuses: what members are asked, and when birthdays are celebrated.

How many points a bonus gives is said by earning rules on the triggers `account_confirmed`,
`birthday`, `anniversary` and `question_answered`.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.programs.scalars import (
    Identifier,
    Label,
    Locale,
    Section,
    first_twice,
    in_locale,
)
from saleor_loyalty_app.programs.written import when_written

QuestionKind = Literal["choice", "number", "date", "text"]
Place = Literal["panel", "page"]
SaidLabels = Annotated[dict[Locale, Label], Field(min_length=1, max_length=20)]
#: So many choices a question has at most.
MAX_OPTIONS = 30


class Option(Section):
    """One of the answers to choose from; its id is what is stored."""

    id: Identifier
    label: SaidLabels


class Question(Section):
    """What members may tell about themselves, once; `shown`: in the shop's panel, on our page."""

    id: Identifier
    enabled: StrictBool = True
    text: SaidLabels
    kind: QuestionKind
    options: Annotated[tuple[Option, ...], Field(max_length=MAX_OPTIONS)] = ()
    shown: Annotated[tuple[Place, ...], Field(min_length=1, max_length=2)] = ("panel", "page")

    @when_written
    def _check(self) -> Self:
        if self.kind == "choice" and len(self.options) < 2:
            raise PydanticCustomError("options_needed", "{found}", {"found": len(self.options)})
        if self.kind != "choice" and self.options:
            raise PydanticCustomError("options_unfit", "only a choice has options")
        twice = first_twice([option.id for option in self.options])
        if twice is not None:
            raise PydanticCustomError("option_id_twice", "{id}", {"id": twice, "question": self.id})
        return self

    def asked(self, locale: str) -> str:
        """The question in a locale."""
        return in_locale(self.text, locale) or self.id

    def option_label(self, option_id: str, locale: str) -> str:
        """What an option is called in a locale; its id where it is not offered any more."""
        for option in self.options:
            if option.id == option_id:
                return in_locale(option.label, locale) or option_id
        return option_id


class Birthdays(Section):
    """Whether members are asked for their birthday, and how it is celebrated.

    `leap_day`: on which day those of 29 February are celebrated in other years.
    `known_days`: a birthday counts if it was told so many days before, so that nobody has theirs on
    the day they sign up.
    """

    asked: StrictBool = False
    leap_day: Literal["feb_28", "mar_1"] = "feb_28"
    known_days: Annotated[StrictInt, Field(ge=1, le=60)] = 7


class Bonuses(Section):
    """Questions, birthdays, and how long it is remembered what an erased member was given.

    `remembered_months`: so long after the deletion of an account a new one with the same e-mail
    address is not given the same bonuses again.
    """

    birthdays: Birthdays = Birthdays()
    questions: Annotated[tuple[Question, ...], Field(max_length=30)] = ()
    remembered_months: Annotated[StrictInt, Field(ge=1, le=60)] = 24

    @when_written
    def _check(self) -> Self:
        twice = first_twice([question.id for question in self.questions])
        if twice is not None:
            raise PydanticCustomError("question_id_twice", "question {id} twice", {"id": twice})
        return self

    def question(self, question_id: str) -> Question | None:
        """The question with an id; None where it is not asked."""
        for question in self.questions:
            if question.id == question_id:
                return question
        return None


#: What holds where a document says nothing of bonuses.
DEFAULTS = Bonuses()
