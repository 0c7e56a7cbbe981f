"""What deeds brought beside points, in words, with what became of it: for staff."""

from collections.abc import Collection

from sqlalchemy import Connection

from saleor_loyalty_app.flows.explain_entry import deed_perks_told
from saleor_loyalty_app.programs import deed_awards
from saleor_loyalty_app.programs.perks_words import planned_words
from saleor_loyalty_app.programs.repository import programs_by_id
from saleor_loyalty_app.stores.refs import StoreRef


def perk_sentences(
    conn: Connection,
    store: StoreRef,
    member_ids: Collection[int],
    deed_keys: Collection[str],
    *,
    language: str,
) -> dict[str, list[str]]:
    """By the deed's key; deeds that brought nothing but points are left out.

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
