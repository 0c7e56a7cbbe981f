"""What a shopper tells about themselves: `/me/birthday` and `/me/questions`."""

from typing import Annotated

from fastapi import Path, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.storefront import bonuses_page
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.bonuses_schemas import (
    AnswerInput,
    BirthdayInput,
    BirthdayPage,
    Questions,
)
from saleor_loyalty_app.api.storefront.newcomers import (
    OF_COMING_IN,
    member_shown,
    member_taken_in,
    newcomer_of,
)
from saleor_loyalty_app.api.storefront.refusals import OF_CHANGES, OF_SHOPPERS
from saleor_loyalty_app.api.storefront.shopper import ChangerOf, ReaderOf
from saleor_loyalty_app.api.storefront.wishes import OF_MEMBERS
from saleor_loyalty_app.bonuses.birthdays import delete_birthday
from saleor_loyalty_app.bonuses.celebrating import Birthday

router = storefront_router("/me")
OF_TELLING: tuple[Refusal, ...] = (
    *OF_MEMBERS,
    (400, "request_unreadable", {}),
    (409, "wrong_member_state", {"state": "left"}),
    *OF_COMING_IN,
)
OF_BIRTHDAYS: tuple[Refusal, ...] = (
    (400, "birthday_impossible", {"month": 2, "day": 30}),
    (409, "birthday_not_asked", {}),
    (409, "birthday_changed_lately", {"again_at": "2027-11-02T10:00:00+00:00"}),
)
OF_ANSWERS: tuple[Refusal, ...] = (
    (400, "answer_unfit", {"question": "size", "kind": "choice"}),
    (404, "question_unknown", {"question": "size"}),
)
QuestionId = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$", description="As `GET /me/questions` has it.")
]


@router.get("/birthday", responses=documented(*OF_SHOPPERS, *OF_MEMBERS))
async def read_birthday(
    response: Response, faces: FacesOf, shopper: ReaderOf, language: Language
) -> BirthdayPage:
    """The shopper's birthday, day and month, and what it brings."""
    now, keys = faces.clock(), faces.email_keys

    def read(conn: Connection) -> BirthdayPage:
        store, member = member_shown(conn, shopper, now=now, language=language)
        return bonuses_page.birthday_page(conn, store, member, keys, now, language)

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page


@router.put(
    "/birthday", responses=documented(*OF_SHOPPERS, *OF_TELLING, *OF_BIRTHDAYS, *OF_CHANGES)
)
async def tell_birthday(
    response: Response, faces: FacesOf, shopper: ChangerOf, language: Language, what: BirthdayInput
) -> BirthdayPage:
    """Keeps the shopper's birthday. It can be changed once a year; the same again is fine."""
    newcomer = await newcomer_of(faces, shopper)
    now, keys = faces.clock(), faces.email_keys

    def write(conn: Connection) -> BirthdayPage:
        store, member = member_taken_in(conn, shopper, newcomer, keys=keys, now=now)
        born = Birthday(what.month, what.day)
        bonuses_page.keep_birthday(conn, store, member, born, now)
        return bonuses_page.birthday_page(conn, store, member, keys, now, language)

    page = await faces.database.write_async(write)
    make_private(response, language)
    return page


@router.delete("/birthday", responses=documented(*OF_SHOPPERS, *OF_MEMBERS, *OF_CHANGES))
async def forget_birthday(
    response: Response, faces: FacesOf, shopper: ChangerOf, language: Language
) -> BirthdayPage:
    """Deletes the shopper's birthday; points stay. Telling another one is a change."""
    now, keys = faces.clock(), faces.email_keys

    def write(conn: Connection) -> BirthdayPage:
        store, member = member_shown(conn, shopper, now=now, language=language)
        delete_birthday(conn, store.id, member.id)
        return bonuses_page.birthday_page(conn, store, member, keys, now, language)

    page = await faces.database.write_async(write)
    make_private(response, language)
    return page


@router.get("/questions", responses=documented(*OF_SHOPPERS, *OF_MEMBERS))
async def read_questions(
    response: Response, faces: FacesOf, shopper: ReaderOf, language: Language
) -> Questions:
    """What the program asks, what answering brings, and what the shopper answered."""
    now, keys = faces.clock(), faces.email_keys

    def read(conn: Connection) -> Questions:
        store, member = member_shown(conn, shopper, now=now, language=language)
        return bonuses_page.questions_page(conn, store, member, keys, now, language)

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page


@router.put(
    "/questions/{question_id}",
    responses=documented(*OF_SHOPPERS, *OF_TELLING, *OF_ANSWERS, *OF_CHANGES),
)
async def answer_question(
    response: Response,
    faces: FacesOf,
    shopper: ChangerOf,
    language: Language,
    question_id: QuestionId,
    what: AnswerInput,
) -> Questions:
    """Keeps an answer. Points come with the first one ever, not with changing or repeating it."""
    newcomer = await newcomer_of(faces, shopper)
    now, keys = faces.clock(), faces.email_keys

    def write(conn: Connection) -> Questions:
        store, member = member_taken_in(conn, shopper, newcomer, keys=keys, now=now)
        points = bonuses_page.keep_answer(conn, store, member, question_id, what.answer, keys, now)
        return bonuses_page.questions_page(conn, store, member, keys, now, language, given=points)

    page = await faces.database.write_async(write)
    make_private(response, language)
    return page


@router.delete(
    "/questions/{question_id}", responses=documented(*OF_SHOPPERS, *OF_MEMBERS, *OF_CHANGES)
)
async def delete_answer(
    response: Response,
    faces: FacesOf,
    shopper: ChangerOf,
    language: Language,
    question_id: QuestionId,
) -> Questions:
    """Deletes an answer, also to what is not asked any more; points stay. Twice is fine."""
    now, keys = faces.clock(), faces.email_keys

    def write(conn: Connection) -> Questions:
        store, member = member_shown(conn, shopper, now=now, language=language)
        bonuses_page.delete_answer(conn, store, member, question_id)
        return bonuses_page.questions_page(conn, store, member, keys, now, language)

    page = await faces.database.write_async(write)
    make_private(response, language)
    return page
