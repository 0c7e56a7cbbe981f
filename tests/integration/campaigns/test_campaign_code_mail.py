"""Members are mailed codes that Saleor has, and no others."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.message_context import figures
from saleor_loyalty_app.members import consents
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.messages.outbox import Kind
from tests.campaign_stage import (
    ACTOR,
    background,
    buy,
    codes_of,
    now_of,
    refund,
    start,
    terms_of,
)
from tests.integration.campaigns.test_campaign_vouchers import adopt, own_voucher, stop
from tests.redemption_stage import OTHER, SHOPPER, Stage


def agree(stage: Stage, *emails: str) -> None:
    def write(conn: Connection) -> None:
        for email in emails:
            consents.grant(
                conn,
                stage.store.id,
                stage.members[email],
                Channel.email,
                source="staff",
                text_version="1",
                now=stage.now,
            )

    stage.database.write(write)


def told_of(stage: Stage) -> list[tuple[int, dict[str, Any]]]:
    """Who was told of campaigns, with the figures."""
    outbox = table(OutboxMessage)
    query = (
        sa.select(outbox.c.member_id, outbox.c.data)
        .where(outbox.c.store_id == stage.store.id, outbox.c.kind == "campaign")
        .order_by(outbox.c.id)
    )
    return stage.database.read(lambda conn: [(row[0], row[1]) for row in conn.execute(query)])


def is_sent(stage: Stage, member: int, data: dict[str, Any]) -> bool:
    """Whether a message with these figures would go out now."""
    shown = stage.database.read(
        lambda conn: figures(conn, stage.store, member, Kind.campaign, data, now=stage.now)
    )
    return not shown.nothing


def test_nobody_is_told_of_a_code_that_saleor_does_not_have(stage: Stage) -> None:
    agree(stage, SHOPPER, OTHER)
    own_voucher(stage)
    campaign = start(stage, terms_of(stage, tell=True))
    assert (now_of(stage, campaign).trouble, told_of(stage)) == ("code_taken", [])

    adopt(stage, campaign)
    background(stage)
    told = told_of(stage)
    assert {member for member, _ in told} == {stage.members[SHOPPER], stage.members[OTHER]}
    assert {data["code"] for _, data in told} == {"AUTUMN10"}


@pytest.mark.parametrize(
    "codes", [{"sharing": "shared", "code": "AUTUMN10"}, {"sharing": "personal"}]
)
def test_a_mail_that_waited_is_not_sent_once_its_code_ended(
    stage: Stage, codes: dict[str, str]
) -> None:
    agree(stage, SHOPPER)
    campaign = start(stage, terms_of(stage, tell=True, codes=codes))
    background(stage)
    [(member, data)] = [one for one in told_of(stage) if one[0] == stage.members[SHOPPER]]
    assert data["code"] in stage.box.store.voucher_codes
    assert is_sent(stage, member, data)

    if codes["sharing"] == "personal":
        order = buy(stage, data["code"])
        refund(stage, order)
        assert not is_sent(stage, member, data), "Saleor does not give a used code back"
        return
    stage.database.write(
        lambda conn: desk.revoke_codes(
            conn,
            stage.store,
            campaign.public_id,
            [one.id for one in codes_of(stage, campaign)],
            actor=ACTOR,
            now=stage.now,
        )
    )
    assert not is_sent(stage, member, data)


def test_a_mail_that_waited_is_not_sent_once_its_campaign_was_stopped(stage: Stage) -> None:
    agree(stage, SHOPPER)
    texts = {"en": {"title": "Double"}, "de": {"title": "Doppelt"}}
    campaign = start(stage, terms_of(stage, "points", tell=True, texts=texts))
    [(member, data)] = told_of(stage)
    assert is_sent(stage, member, data)
    stop(stage, campaign)
    assert not is_sent(stage, member, data)
    assert not is_sent(stage, member, data | {"campaign": "cp_000000000000"})
