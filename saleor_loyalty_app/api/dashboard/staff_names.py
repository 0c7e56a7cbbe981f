"""Whom a list names who did something: staff by their address where the app knows it.

Systems are named as staff named their API keys.
"""

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from saleor_loyalty_app.adjustments.repository import staff_emails
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.saleor.base64url import Malformed, decode
from saleor_loyalty_app.stores.partner_keys import names_of


def staff_names(
    conn: Connection, store_id: int, actors: Iterable[str], language: str
) -> dict[str, str]:
    """A name for each actor: the address of a staff member, else their number in Saleor."""
    wanted = sorted(set(actors))
    systems = {
        actor: translate("actor.partner_named", language, name=name)
        for actor, name in names_of(conn, store_id, wanted).items()
    }
    known = systems | staff_emails(conn, store_id, wanted)
    return {actor: known.get(actor) or _number(actor, language) for actor in wanted}


def _number(actor: str, language: str) -> str:
    kind, _, user = actor.partition(":")
    if kind != "user":
        return translate(f"actor.{kind}", language)
    try:
        _, _, number = decode(user.replace("+", "-").replace("/", "_").rstrip("=")).partition(b":")
        return translate("actor.user", language, number=number.decode("ascii") or user)
    except (Malformed, UnicodeDecodeError):
        return translate("actor.user", language, number=user)
