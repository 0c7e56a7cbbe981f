"""Why a member cannot use a code that everybody may type."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import shared_codes
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.flows.known_past import used_code
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.stores.refs import StoreRef

#: The member has made their one order with it, or everybody together has made all there may be.
USED, USED_UP = "code_used", "code_used_up"


def why_not_usable(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    people: Sequence[int],
    campaigns: Sequence[CampaignRow],
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> dict[int, str]:
    """By its id, why the shared code of a campaign does nothing for a member any more.

    Args:
        people: the member, and who was merged into them. An account that is gone counts, too.
        keys: find what is remembered of the member's address under older secrets, too.
    """
    once = shared_codes.once_each(campaigns)
    used = shared_codes.used_by(conn, store.id, [one.id for one in once], people)
    left = {one.public_id: one.id for one in once if one.id not in used}
    used |= {left[one] for one in used_code(conn, store, member, list(left), now=now, keys=keys)}
    others = [one for one in campaigns if one.id not in used]
    gone = shared_codes.used_up(conn, store.id, others)
    return dict.fromkeys(gone, USED_UP) | dict.fromkeys(used, USED)
