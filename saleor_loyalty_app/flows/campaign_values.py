"""What a message on a campaign may still say when it is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from saleor_loyalty_app.campaigns import codes, repository
from saleor_loyalty_app.campaigns.vouchers import DIFFERS, TAKEN


def campaign_figures(
    conn: Connection, store_id: int, data: Mapping[str, Any], *, now: datetime
) -> dict[str, Any] | None:
    """The validity of a campaign or its code as it is now; None where neither helps any more.

    A code is worth telling while Saleor has it, for as long as it is valid, also where its campaign
    is over; one for a single order until that was made. Without a code the campaign has to run.
    """
    ids = repository.ids_of(conn, store_id, [str(data.get("campaign", ""))])
    campaign = next(iter(repository.by_ids(conn, store_id, ids.values()).values()), None)
    if campaign is None:
        return None
    text = str(data.get("code", ""))
    if not text:
        return {"valid_until": campaign.ends_at.isoformat()} if campaign.covers(now) else None
    code = codes.of_campaign(conn, store_id, campaign.id, text)
    if code is None or code.state != "open" or code.valid_until <= now:
        return None
    if code.issue_key == codes.SHARED:
        works = campaign.covers(now) and campaign.trouble not in (TAKEN, DIFFERS)
    else:
        works = not code.used
    return {"valid_until": code.valid_until.isoformat()} if works else None
