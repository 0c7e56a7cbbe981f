"""Members who agreed to offers are told of a campaign: once, when it begins or their code is there.

The messages are marketing, as announcements are: consent, quiet hours and the weekly cap hold.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, repository, shared_codes
from saleor_loyalty_app.campaigns.codes import CodeRow
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.vouchers import DIFFERS, TAKEN
from saleor_loyalty_app.flows.campaign_audience import candidates
from saleor_loyalty_app.flows.message_context import program_of, recipient
from saleor_loyalty_app.members.consents import agreeing
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.stores.refs import StoreRef

#: Members that one transaction tells.
PAGE = 100
_TEST = "test:"


def tell_opened(
    conn: Connection,
    store: StoreRef,
    campaign: CampaignRow,
    code_ids: Sequence[int],
    *,
    now: datetime,
) -> None:
    """Tells the owners of codes that Saleor has now, where the campaign runs and tells."""
    if not campaign.terms.tell or not store.messages_on:
        return
    for code in codes.by_ids(conn, campaign.id, code_ids):
        if code.member_id is None or code.issue_key.startswith(_TEST):
            continue
        if campaign.state == "running" or code.issue_key.startswith("order:"):
            _tell(conn, store, campaign, code.member_id, code, now)


def tell_page(conn: Connection, store: StoreRef, campaign: CampaignRow, *, now: datetime) -> bool:
    """Tells a page of the audience that a campaign began; gives whether there are more.

    Who has no code of their own yet is told when it is there; of a code for all nobody is told
    before Saleor has it.
    """
    after, said = campaign.tell_after, campaign.terms.codes
    if after is None or not _is_ready(conn, campaign):
        return False
    members = agreeing(conn, store.id, after=after, limit=PAGE)
    program = program_of(conn, store, now)
    audience = campaign.terms.audience.ready()
    own = said is not None and said.sharing == "personal"
    shared = None if said is None or said.code is None else said.code
    for one in candidates(conn, store, program, audience, members):
        if one.why_not:
            continue
        code = codes.open_of(conn, store.id, campaign.id, one.member_id) if own else None
        if own and code is None:
            continue
        _tell(conn, store, campaign, one.member_id, code, now, shared=shared or "")
    more = len(members) == PAGE
    repository.change(conn, campaign.id, {"tell_after": members[-1] if more else None})
    return more


def _is_ready(conn: Connection, campaign: CampaignRow) -> bool:
    """Whether a code that all use works; others have their own, or need none."""
    said = campaign.terms.codes
    if said is None or said.code is None:
        return True
    code = shared_codes.shared_of(conn, campaign.store_id, campaign.id)
    works = code is not None and code.state == "open"
    return works and campaign.trouble not in (TAKEN, DIFFERS)


def _tell(
    conn: Connection,
    store: StoreRef,
    campaign: CampaignRow,
    member_id: int,
    code: CodeRow | None,
    now: datetime,
    *,
    shared: str = "",
) -> None:
    who = recipient(conn, store.id, member_id)
    locale = campaign.terms.locale_for((*who.languages, store.language))
    data: Mapping[str, str] = {
        "campaign": campaign.public_id,
        "title": campaign.terms.title(locale),
        "body": campaign.terms.text(locale),
        "code": shared if code is None else code.code,
        "valid_until": (campaign.ends_at if code is None else code.valid_until).isoformat(),
    }
    happening = f"{member_id}" if code is None else code.issue_key
    key = f"campaign:{campaign.public_id}:{happening}"
    tell(conn, store.id, member_id, Kind.campaign, data, key=key, now=now)
