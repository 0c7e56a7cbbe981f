"""What deeds brought beside points, in words."""

from collections.abc import Collection

from sqlalchemy import Connection

from saleor_loyalty_app.flows.explain_entry import deed_perks_told
from saleor_loyalty_app.programs import deed_awards
from saleor_loyalty_app.programs.perks import IssueReward, effect_of
from saleor_loyalty_app.programs.perks_words import perk_name, planned_words
from saleor_loyalty_app.programs.repository import programs_by_id
from saleor_loyalty_app.stores.refs import StoreRef

#: What was used before its deed was taken back is kept.
_WITH_MEMBER = frozenset({"given", "kept"})


def perk_sentences(
    conn: Connection,
    store: StoreRef,
    member_ids: Collection[int],
    deed_keys: Collection[str],
    *,
    language: str,
) -> dict[str, list[str]]:
    """For staff, with what became of it, by the deed's key; deeds that brought nothing but points
    are left out.

    Args:
        member_ids: whose deeds they may be; those of one key are told together.
    """
    deeds = deed_awards.of_members(conn, store.id, member_ids, deed_keys)
    giving = [deed for deed in deeds if deed.perks]
    programs = programs_by_id(conn, store.id, {deed.revision_id for deed in giving})
    perks = deed_perks_told(conn, store.id, giving)
    told: dict[str, list[str]] = {}
    for deed in giving:
        program = programs.get(deed.revision_id)
        said = planned_words(perks[deed.id], language, program, of_deed=True)
        told.setdefault(deed.deed_key, []).extend(said)
    return told


def rewards_brought(
    conn: Connection, store: StoreRef, member_id: int, deed_key: str, *, language: str
) -> list[str]:
    """What the rewards are called that a deed brought and that are with its member.

    One that waits until it can be given, was refused, or was taken back is none of them.
    """
    deeds = deed_awards.of_members(conn, store.id, [member_id], [deed_key])
    giving = [deed for deed in deeds if deed.perks]
    programs = programs_by_id(conn, store.id, {deed.revision_id for deed in giving})
    told = deed_perks_told(conn, store.id, giving)
    return [
        perk_name(effect, language, programs.get(deed.revision_id))
        for deed in giving
        for one in told[deed.id]
        if one.get("state") in _WITH_MEMBER
        and isinstance(effect := effect_of(one["effect"]), IssueReward)
    ]
