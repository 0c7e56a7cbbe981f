"""Failures of the bonuses' room."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class BirthdayNotAsked(AppError):
    """The program does not ask for birthdays."""

    code: ClassVar[str] = "birthday_not_asked"
    status: ClassVar[int] = 409


class BirthdayImpossible(AppError):
    """There is no such day in any year."""

    code: ClassVar[str] = "birthday_impossible"
    status: ClassVar[int] = 400


class BirthdayChangedLately(AppError):
    """A birthday may be changed once a year; the detail says from when again."""

    code: ClassVar[str] = "birthday_changed_lately"
    status: ClassVar[int] = 409


class QuestionUnknown(AppError):
    """The program asks no such question (any more)."""

    code: ClassVar[str] = "question_unknown"
    status: ClassVar[int] = 404


class AnswerUnfit(AppError):
    """The answer is not of the question's kind, or not one of its options."""

    code: ClassVar[str] = "answer_unfit"
    status: ClassVar[int] = 400
