"""Who looks at a rewards page; nothing is changed that a form of their own did not ask for.

The cookie is for the page alone: HttpOnly, SameSite=Lax, and below the page's path. Each form
carries a value that is made from it, which no other page can know.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.rewards.places import COOKIE, Place
from saleor_loyalty_app.api.storefront.shopper import Shopper
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.members.mailed_links import SESSION_LIFETIME, session_member
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import member_by_id

LARGEST_FORM = 8_000
_LONGEST_TOKEN = 100


class FormExpired(AppError):
    """The form was not sent by a page of this visit: it ended, or another page sent it."""

    code: ClassVar[str] = "form_expired"
    status: ClassVar[int] = 403


class SignedOut(AppError):
    """Nobody is signed in (any more)."""

    code: ClassVar[str] = "signed_out"
    status: ClassVar[int] = 401


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member who is signed in to the page."""

    member: MemberRef
    shopper: Shopper
    form_key: str


Form = dict[str, str]


async def visitor_of(
    request: Request, place: Place, database: Database, clock: Clock
) -> Visitor | None:
    """Who is signed in; None = nobody."""
    token = request.cookies.get(COOKIE, "")
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    now = clock()

    def read(conn: Connection) -> MemberRef | None:
        member_id = session_member(conn, place.store.id, token, now=now)
        member = None if member_id is None else member_by_id(conn, place.store.id, member_id)
        if member is not None and member.merged_into is not None:
            member = member_by_id(conn, place.store.id, member.merged_into)
        return member

    member = await database.read_async(read)
    if member is None or member.user_id is None or member.state == "erased":
        return None
    return Visitor(member, Shopper(place.store, member.user_id), form_key(token))


def form_key(token: str) -> str:
    """What the forms of a visit carry."""
    return hmac.digest(token.encode(), b"rewards-form", hashlib.sha256).hex()[:40]


async def read_form(request: Request, place: Place) -> Form:
    """The fields of a form that a page of this place sent.

    Raises:
        FormExpired: a page of elsewhere sent it, or it is too large to be one of ours.
    """
    _require_own_page(request, place)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise FormExpired
    try:
        text = body.decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        raise FormExpired from None


async def visitors_form(
    request: Request, place: Place, database: Database, clock: Clock
) -> tuple[Visitor, Form]:
    """Who sent a form, and its fields.

    Raises:
        SignedOut: nobody is signed in (any more).
        FormExpired: it is not a form of this visit.
    """
    form = await read_form(request, place)
    visitor = await visitor_of(request, place, database, clock)
    if visitor is None:
        raise SignedOut
    if not hmac.compare_digest(form.get("form", "").encode(), visitor.form_key.encode()):
        raise FormExpired
    return visitor, form


def sign_in(response: Response, place: Place, token: str) -> None:
    """Gives the browser the cookie of a visit."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        path=place.path,
        secure=place.is_secure,
        httponly=True,
        samesite="lax",
    )


def sign_out(response: Response, place: Place) -> None:
    """Takes the cookie back."""
    response.delete_cookie(
        COOKIE, path=place.path, secure=place.is_secure, httponly=True, samesite="lax"
    )


def _require_own_page(request: Request, place: Place) -> None:
    """Browsers say where a form comes from; they cannot be made to say something else."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    if origin is None:
        if site not in ("same-origin", "none"):
            raise FormExpired
        return
    public = urlsplit(place.public_url)
    here = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if origin not in (f"{public.scheme}://{public.netloc}", here):
        raise FormExpired
