"""A code that books from a backup do not know, as an order tells of it."""

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, vouchers
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.vouchers import MAIN


def lost_code(
    conn: Connection, campaign: CampaignRow, text: str, member_id: int | None
) -> codes.CodeRow | None:
    """A member's own code that the books lost, written again as an order tells of it.

    None where it is not a code of the audience, or the member has got another one since.
    """
    if member_id is None or campaign.terms.kind_of_codes != "personal":
        return None
    row = next((one for one in vouchers.vouchers_of(conn, campaign.id) if one.batch == MAIN), None)
    if row is None:
        return None
    made = codes.issue(
        conn,
        campaign.store_id,
        row,
        f"member:{member_id}",
        now=campaign.published_at or campaign.starts_at,
        code=text,
        member_id=member_id,
    )
    if made is None:
        return None
    codes.opened(conn, [made])
    [code] = codes.by_ids(conn, campaign.id, [made])
    return code
