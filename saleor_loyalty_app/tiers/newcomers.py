"""Which tier counts for somebody who is not a member yet and becomes one by themselves."""

from sqlalchemy import Connection

from saleor_loyalty_app.members.refs import Newcomer
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.tiers.standing import tier_for_earning


def tier_of_newcomer(conn: Connection, newcomer: Newcomer, program: Program | None) -> str:
    """The id of a newcomer's tier; "" = none, or tiers are off."""
    if program is None or newcomer.hold_out:
        return ""
    return tier_for_earning(conn, newcomer.store_id, newcomer.id, program.tiers)
