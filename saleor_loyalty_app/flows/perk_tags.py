"""A rule puts a tag on a member, and takes it away with the order; staff do so by hand.

A member has a tag while anything gives it: orders, or staff. Segments may ask for it, so that the
member is looked at again with each change.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.give_points import Agent, require_other
from saleor_loyalty_app.flows.known_member import everybody, lock_member
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members import tags
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberErased, MemberNotFound, TagUnknown
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs import tag_rows
from saleor_loyalty_app.segments.looks import look_again
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of a member, and what gives it.

    Attributes:
        orders: how many orders do, by rules.
        author, at: of staff who put it there; None = none did.
    """

    tag: str
    orders: int
    author: str | None = None
    at: datetime | None = None


def tags_by_source(conn: Connection, store: StoreRef, member: MemberRef) -> list[Tag]:
    """A member's tags by name, each with what gives it."""
    people = everybody(conn, store, member.id)
    orders = tag_rows.orders_of(conn, store.id, people)
    staff = tags.by_staff(conn, store.id, people)
    return [
        Tag(tag, orders.get(tag, 0), *staff.get(tag, (None, None)))
        for tag in sorted({*orders, *staff})
    ]


def give_tag(conn: Connection, store: StoreRef, member: MemberRef, tag: str) -> dict[str, object]:
    """What a rule's row keeps of a tag that it gives."""
    look_again(conn, store.id, (member.id,))
    return {"tag": tag}


def take_tag(conn: Connection, store: StoreRef, member: MemberRef) -> None:
    """A rule's row gives its tag no more; what else gives it goes on."""
    look_again(conn, store.id, (member.id,))


def add_tag(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    tag: str,
    agent: Agent,
    *,
    keys: EmailKeys,
    now: datetime,
) -> MemberRef:
    """Staff put a tag on a member, which stays whatever orders become. Twice changes nothing.

    Raises:
        TagInvalid: a rule could not name it.
        TagsTooMany: staff put as many on the member as there may be.
        MemberNotFound, MemberErased: there is nobody.
        OwnAccount: the member is the agent.
    """
    wanted = tags.checked(tag)
    member, people = _locked(conn, store, member_id, agent, keys)
    if tags.put(conn, store.id, people, wanted, author=agent.actor, now=now):
        look_again(conn, store.id, (member.id,))
        _note(conn, store, member, agent, "member_tagged", wanted, now)
    return member


def remove_tag(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    tag: str,
    agent: Agent,
    *,
    keys: EmailKeys,
    now: datetime,
) -> MemberRef:
    """Staff take a tag away, whoever gave it; an order after this may give it again.

    Raises:
        TagUnknown: the member does not have it.
        MemberNotFound, MemberErased: there is nobody.
        OwnAccount: the member is the agent.
    """
    member, people = _locked(conn, store, member_id, agent, keys)
    by_hand = tags.take(conn, store.id, people, tag)
    by_rules = tag_rows.end(conn, store.id, people, tag, now=now)
    if not (by_hand or by_rules):
        raise TagUnknown(tag=tag)
    look_again(conn, store.id, (member.id,))
    _note(conn, store, member, agent, "member_untagged", tag, now)
    return member


def _locked(
    conn: Connection, store: StoreRef, member_id: int, agent: Agent, keys: EmailKeys
) -> tuple[MemberRef, list[int]]:
    member = members.surviving_member(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    if member.state == "erased":
        raise MemberErased
    require_other(conn, store, member, agent, keys)
    # Orders that give or take tags of the member hold it, too; and tags are counted under it.
    lock_member(conn, store, member.id)
    return member, everybody(conn, store, member.id)


def _note(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    agent: Agent,
    kind: str,
    tag: str,
    now: datetime,
) -> None:
    told = {"tag": tag}
    tagged = kind == "member_tagged"
    staff_actions.note(
        conn,
        store.id,
        actor=agent.actor,
        kind=kind,
        subject=f"member:{member.id}",
        before=None if tagged else told,
        after=told if tagged else None,
        now=now,
    )
