"""A backup is restored: campaigns' vouchers and codes that went on in Saleor are found again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.db.tables import metadata
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.rebuild_campaigns import (
    CampaignReport,
    finish_campaigns,
    rebuild_campaigns,
)
from saleor_loyalty_app.flows.reconcile import reconcile_after_restore
from saleor_loyalty_app.orders import repository
from saleor_loyalty_app.stores.problems import open_problems
from tests.campaign_stage import (
    ACTOR,
    background,
    buy,
    codes_of,
    now_of,
    recipe,
    spent_of,
    start,
    terms_of,
)
from tests.claim_stage import book
from tests.contract.story_teller import Refusal
from tests.order_books import KEYS
from tests.redemption_stage import OTHER, SHOPPER, Stage

PERSONAL = {"sharing": "personal"}
TABLES = (
    "campaign",
    "campaign_version",
    "campaign_voucher",
    "campaign_code",
    "campaign_spent",
    "campaign_use",
)


def backup(stage: Stage) -> Callable[[], None]:
    """The books of campaigns as they are now; gives what brings them back."""

    def read(conn: Connection) -> dict[str, list[dict[str, Any]]]:
        return {
            name: [dict(row._mapping) for row in conn.execute(sa.select(metadata.tables[name]))]
            for name in TABLES
        }

    kept = stage.database.read(read)

    def write(conn: Connection) -> None:
        for name in reversed(TABLES):
            conn.execute(sa.delete(metadata.tables[name]))
        for name, rows in kept.items():
            if rows:
                conn.execute(sa.insert(metadata.tables[name]), rows)

    return lambda: stage.database.write(write)


def rebuild(stage: Stage, *orders: str) -> CampaignReport:
    """As the command does, with orders that were made since; then the background."""
    access, clock = stage.driver.bench.access, stage.box.clock.now
    report = rebuild_campaigns(access, stage.store, clock=clock)
    stage.database.write(lambda conn: repository.forget_looks(conn, stage.store.id, orders))
    for order in orders:
        book(stage, order)
    finish_campaigns(access, stage.store, report, clock=clock)
    background(stage)
    return report


def stop(stage: Stage, campaign: CampaignRow) -> None:
    stage.database.write(
        lambda conn: desk.stop_campaign(
            conn, stage.store, campaign.public_id, actor=ACTOR, now=stage.now
        )
    )
    background(stage)


def working(stage: Stage, campaign: CampaignRow) -> set[str]:
    """The codes of a campaign that Saleor would take, by their texts."""
    return {
        code.code
        for voucher in stage.box.store.vouchers.values()
        if voucher.name and voucher.name.endswith(f"[{campaign.public_id}]") and voucher.listings
        if voucher.end_date is None or voucher.end_date > stage.now
        for code in voucher.codes
        if code.is_active
    }


def by_member(stage: Stage, campaign: CampaignRow) -> dict[int | None, str]:
    found = {one.member_id: one.code for one in codes_of(stage, campaign)}
    assert len(found) == len(codes_of(stage, campaign)), "one each"
    return found


def test_each_member_has_one_code_that_works_and_who_used_theirs_gets_no_other(
    stage: Stage,
) -> None:
    campaign = start(stage, terms_of(stage, codes=PERSONAL), work=False)
    restore = backup(stage)
    background(stage)
    made = by_member(stage, campaign)
    order = buy(stage, made[stage.members[SHOPPER]])
    restore()

    report = rebuild(stage, order)
    assert (report.vouchers, report.codes, report.unknown) == (1, 1, [])
    again = by_member(stage, campaign)
    assert again[stage.members[SHOPPER]] == made[stage.members[SHOPPER]]
    assert working(stage, campaign) == {again[stage.members[OTHER]]}
    assert spent_of(stage, campaign).money == {"USD": 15_000}
    assert rebuild(stage) == CampaignReport()
    assert working(stage, campaign) == {again[stage.members[OTHER]]}


def test_a_voucher_that_was_made_twice_is_ended_once(stage: Stage) -> None:
    campaign = start(stage, terms_of(stage, codes=PERSONAL), work=False)
    restore = backup(stage)
    background(stage)
    first = working(stage, campaign)
    restore()
    background(stage)
    assert len(working(stage, campaign)) == 2 * len(first), "the app ran before the command did"

    report = rebuild(stage)
    assert report.vouchers == 1
    assert working(stage, campaign) == {one.code for one in codes_of(stage, campaign)}


def test_what_was_revoked_and_stopped_since_does_not_come_to_life_again(stage: Stage) -> None:
    shared = start(stage, terms_of(stage))
    personal = start(stage, terms_of(stage, name="Each", codes=PERSONAL))
    restore = backup(stage)
    stop(stage, shared)
    [revoked, kept] = codes_of(stage, personal)
    stage.database.write(
        lambda conn: desk.revoke_codes(
            conn, stage.store, personal.public_id, [revoked.id], actor=ACTOR, now=stage.now
        )
    )
    background(stage)
    restore()

    rebuild(stage)
    assert (now_of(stage, shared).state, now_of(stage, shared).ended_why) == ("ended", "hand")
    with pytest.raises(Refusal):
        stage.put_code(stage.cart(1), "AUTUMN10")
    assert [(one.state, one.ended_why) for one in codes_of(stage, personal)] == [
        ("ended", "gone"),
        ("open", ""),
    ]
    assert working(stage, personal) == {kept.code}


def test_dates_are_those_of_the_books_again(stage: Stage) -> None:
    campaign = start(stage, terms_of(stage))
    restore = backup(stage)
    longer = campaign.terms.model_copy(update={"ends_at": campaign.ends_at + timedelta(days=5)})
    stage.database.write(
        lambda conn: desk.change_campaign(
            conn, stage.store, campaign.public_id, longer, version=1, actor=ACTOR, now=stage.now
        )
    )
    background(stage)
    voucher = stage.box.store.voucher_codes["AUTUMN10"].voucher
    assert voucher.end_date == longer.ends_at
    restore()
    rebuild(stage)
    assert voucher.end_date == campaign.ends_at


def test_a_campaign_that_the_backup_does_not_have_is_told_and_left_as_it_is(stage: Stage) -> None:
    restore = backup(stage)
    start(stage, terms_of(stage))
    restore()

    def problems() -> list[str]:
        found = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
        return [one.key for one in found]

    report = rebuild(stage)
    assert [name.partition(" [")[0] for name in report.unknown] == ["Autumn"]
    assert problems() == ["campaigns-not-known"]
    stage.put_code(stage.cart(1), "AUTUMN10")
    stage.box.store.voucher_codes["AUTUMN10"].voucher.end_date = stage.now
    rebuild(stage)
    assert problems() == []


def test_a_campaign_that_was_a_draft_then_is_scheduled_again_with_the_voucher_there(
    stage: Stage,
) -> None:
    terms = check.read(terms_of(stage, codes=PERSONAL))
    campaign = stage.database.write(
        lambda conn: desk.create_campaign(conn, stage.store, terms, actor=ACTOR, now=stage.now)
    )
    restore = backup(stage)

    def schedule(conn: Connection) -> None:
        desk.schedule_campaign(
            conn, stage.store, campaign.public_id, version=1, actor=ACTOR, now=stage.now
        )

    stage.database.write(schedule)
    background(stage)
    assert len(working(stage, campaign)) == 2
    restore()
    rebuild(stage)
    assert (now_of(stage, campaign).state, working(stage, campaign)) == ("draft", set())

    stage.database.write(schedule)
    background(stage)
    assert working(stage, campaign) == {one.code for one in codes_of(stage, campaign)}
    assert len(stage.box.store.vouchers) == 1


def test_the_command_brings_coupons_back_with_the_orders_that_they_came_with(stage: Stage) -> None:
    campaign = start(stage, recipe("campaign-next-order"))
    restore = backup(stage)
    order = buy(stage)
    background(stage)
    [before] = codes_of(stage, campaign)
    restore()

    report = reconcile_after_restore(
        stage.database,
        stage.store,
        stage.source,
        clock=stage.box.clock.now,
        secrets=KEYS,
        access=stage.driver.bench.access,
    )
    assert (report.campaign_vouchers, report.campaign_codes) == (1, 1)
    assert before.code not in stage.box.store.voucher_codes
    stage.database.write(lambda conn: repository.forget_looks(conn, stage.store.id, [order]))
    book(stage, order)
    background(stage)
    [after] = codes_of(stage, campaign)
    assert (after.issue_key, after.state) == (f"order:{order}", "open")
    assert working(stage, campaign) == {after.code}
