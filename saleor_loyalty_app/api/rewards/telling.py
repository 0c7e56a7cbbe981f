"""What a member tells about themselves on the rewards page: the birthday, and answers."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date, get_month_names
from fastapi import APIRouter, Request, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.errors import NotFound
from saleor_loyalty_app.api.rewards.answers import PageRoute, back
from saleor_loyalty_app.api.rewards.looks import asked_language
from saleor_loyalty_app.api.rewards.visits import FormExpired
from saleor_loyalty_app.api.rewards.wishes import changing, write
from saleor_loyalty_app.api.storefront import bonuses_page
from saleor_loyalty_app.api.storefront.bonuses_schemas import BirthdayPage, QuestionLine
from saleor_loyalty_app.bonuses.birthdays import delete_birthday
from saleor_loyalty_app.bonuses.celebrating import Birthday
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.stores.refs import StoreRef

router = APIRouter(include_in_schema=False, route_class=PageRoute)
_LEAP_YEAR = 2024
_QUESTION = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Telling:
    """What the page shows of it.

    Attributes:
        birthday: None where it is neither asked nor known.
        day_words: the known birthday as people write it.
        months: by name, from January on.
    """

    birthday: BirthdayPage | None
    day_words: str
    months: tuple[str, ...]
    questions: tuple[QuestionLine, ...]


def read_telling(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    *,
    keys: EmailKeys,
    now: datetime,
    language: str,
) -> Telling:
    """What a member told and is asked on this page."""
    birthday = bonuses_page.birthday_page(conn, store, member, keys, now, language)
    questions = bonuses_page.questions_page(conn, store, member, keys, now, language).questions
    born, names = birthday.birthday, get_month_names("wide", "stand-alone", locale=language)
    return Telling(
        birthday=birthday if birthday.asked or born is not None else None,
        day_words=""
        if born is None
        else format_date(date(_LEAP_YEAR, born.month, born.day), "d MMMM", locale=language),
        months=tuple(names[month] for month in range(1, 13)),
        questions=tuple(
            one
            for one in questions
            if one.answer is not None or (one.asked and "page" in one.shown)
        ),
    )


@router.post("/rewards/{name}/birthday")
async def save_birthday(request: Request, faces: FacesOf, name: str) -> Response:
    """Keeps the birthday, or deletes it."""
    place, visitor, form = await changing(request, faces, name)
    now = faces.clock()
    deletes = form.get("delete") == "yes"
    born = None if deletes else Birthday(_number(form.get("month")), _number(form.get("day")))

    def change(conn: Connection, store: StoreRef, member: MemberRef) -> None:
        if born is None:
            delete_birthday(conn, store.id, member.id)
        else:
            bonuses_page.keep_birthday(conn, store, member, born, now)

    await write(faces, visitor, change)
    return back(place, "saved", asked_language(request), to="about")


@router.post("/rewards/{name}/questions/{question}")
async def save_answer(request: Request, faces: FacesOf, name: str, question: str) -> Response:
    """Keeps an answer, or deletes it."""
    if not _QUESTION.fullmatch(question):
        raise NotFound
    place, visitor, form = await changing(request, faces, name)
    now, keys = faces.clock(), faces.email_keys

    def change(conn: Connection, store: StoreRef, member: MemberRef) -> None:
        if form.get("delete") == "yes":
            bonuses_page.delete_answer(conn, store, member, question)
        else:
            said = form.get("answer", "")[:_LONGEST]
            bonuses_page.keep_answer(conn, store, member, question, said, keys, now)

    await write(faces, visitor, change)
    return back(place, "saved", asked_language(request), to="about")


def _number(text: str | None) -> int:
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 2:
        raise FormExpired
    return int(text)
