"""A code that everybody may type is told as of no use to whom it helps no more, and says why."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.bonuses.models import BonusMemory
from saleor_loyalty_app.campaigns import codes, repository
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.campaign_board import ForMe, campaigns_for
from saleor_loyalty_app.flows.price_benefits import benefits_for
from saleor_loyalty_app.flows.watch_shared_codes import watch_shared_codes
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.repository import member_by_id
from sandbox.box import id_of
from tests.campaign_stage import ACTOR, background, buy, now_of, refund, start, terms_of
from tests.come_back import come_back, name
from tests.order_books import KEYS
from tests.redemption_stage import OTHER, SHOPPER, Stage

_memory = table(BonusMemory)
ROTATED = EmailKeys((b"a new secret", *KEYS.secrets))


def shared(**said: Any) -> dict[str, Any]:
    return {"sharing": "shared", "code": "MUSTERI10", **said}


def board(stage: Stage, email: str = SHOPPER, keys: EmailKeys = KEYS) -> list[ForMe]:
    def read(conn: sa.Connection) -> list[ForMe]:
        member = member_by_id(conn, stage.store.id, stage.members[email])
        assert member is not None
        return campaigns_for(conn, stage.store, member, now=stage.now, keys=keys)

    return stage.database.read(read)


def why_not(stage: Stage, email: str = SHOPPER, keys: EmailKeys = KEYS) -> list[tuple[str, str]]:
    return [(one.code, one.why_not) for one in board(stage, email, keys)]


def priced(stage: Stage, email: str = SHOPPER) -> list[str]:
    def read(conn: sa.Connection) -> list[str]:
        member = member_by_id(conn, stage.store.id, stage.members[email])
        assert member is not None
        found = benefits_for(conn, stage.store, member, "default-channel", now=stage.now, keys=KEYS)
        return [one.code for one in found]

    return stage.database.read(read)


def watch(stage: Stage) -> None:
    access = stage.driver.bench.access
    assert not watch_shared_codes(access, stage.store, clock=stage.box.clock.now)


def test_who_has_used_a_code_for_one_order_of_each_is_told_so_also_after_a_refund(
    stage: Stage,
) -> None:
    start(stage, terms_of(stage, codes=shared()))
    assert why_not(stage) == [("MUSTERI10", "")]
    order = buy(stage, "MUSTERI10")
    assert why_not(stage) == [("MUSTERI10", "code_used")]
    assert why_not(stage, OTHER) == [("MUSTERI10", "")]
    assert (priced(stage), priced(stage, OTHER)) == ([], ["MUSTERI10"])
    refund(stage, order)
    assert why_not(stage) == [("MUSTERI10", "code_used")], "Saleor gives no use back"


def test_a_code_for_any_number_of_orders_stays_usable(stage: Stage) -> None:
    start(stage, terms_of(stage, codes=shared(once_per_customer=False)))
    buy(stage, "MUSTERI10")
    assert why_not(stage) == [("MUSTERI10", "")]


def test_a_code_that_everybody_together_used_up_is_told_so(stage: Stage) -> None:
    start(stage, terms_of(stage, codes=shared(uses=2, once_per_customer=False)))
    twice = {"sharing": "shared", "code": "FREE", "uses": 3, "once_per_customer": False}
    start(stage, terms_of(stage, "free_shipping", codes=twice))
    buy(stage, "MUSTERI10")
    assert dict(why_not(stage, OTHER)) == {"MUSTERI10": "", "FREE": ""}
    buy(stage, "MUSTERI10")
    assert dict(why_not(stage, OTHER)) == {"MUSTERI10": "code_used_up", "FREE": ""}
    assert priced(stage, OTHER) == []


def test_what_somebody_used_before_they_were_erased_counts_for_their_next_account(
    stage: Stage,
) -> None:
    campaign = start(stage, terms_of(stage, codes=shared()))
    often = {"sharing": "shared", "code": "OFTEN", "once_per_customer": False}
    start(stage, terms_of(stage, codes=often))
    name(stage, SHOPPER)
    buy(stage, "MUSTERI10")
    buy(stage, "OFTEN")
    for _ in range(2):
        come_back(stage, SHOPPER)
        assert dict(why_not(stage)) == {"MUSTERI10": "code_used", "OFTEN": ""}
        assert priced(stage) == ["OFTEN"]
    kept = stage.database.read(lambda conn: conn.execute(sa.select(_memory)).all())
    used = [(row.deed, row.times) for row in kept if row.deed.startswith("used:")]
    assert used == [(f"used:{campaign.public_id}", 1)]
    assert SHOPPER not in repr(kept)


def test_what_is_remembered_is_found_under_the_secret_before(stage: Stage) -> None:
    start(stage, terms_of(stage, codes=shared()))
    name(stage, SHOPPER)
    buy(stage, "MUSTERI10")
    come_back(stage, SHOPPER, ROTATED)
    assert why_not(stage, keys=ROTATED) == [("MUSTERI10", "code_used")]


def test_of_a_campaign_that_is_over_no_use_is_remembered(stage: Stage) -> None:
    campaign = start(stage, terms_of(stage, codes=shared()))
    name(stage, SHOPPER)
    buy(stage, "MUSTERI10")
    stage.box.clock.advance(campaign.ends_at - stage.now)
    background(stage)
    come_back(stage, SHOPPER)
    kept = stage.database.read(lambda conn: conn.execute(sa.select(_memory.c.deed)).scalars().all())
    assert [one for one in kept if one.startswith("used:")] == []


def test_a_campaign_that_its_budget_stopped_and_a_code_that_is_not_there_are_left_out(
    stage: Stage,
) -> None:
    budget = {"money": {"USD": "10"}}
    start(stage, terms_of(stage, codes=shared(), budget=budget))
    start(stage, terms_of(stage, codes={"sharing": "shared", "code": "SOON"}), work=False)
    assert why_not(stage, OTHER) == [("MUSTERI10", "")]
    buy(stage, "MUSTERI10")
    assert why_not(stage, OTHER) == []
    background(stage)
    assert why_not(stage, OTHER) == [("SOON", "")]


def test_a_code_to_try_a_shared_campaign_with_is_the_members_own_and_uses_nothing_up(
    stage: Stage,
) -> None:
    campaign = start(stage, terms_of(stage, codes=shared()))

    def write(conn: sa.Connection) -> str:
        made = desk.make_test_code(
            conn,
            stage.store,
            campaign.public_id,
            stage.members[SHOPPER],
            actor=ACTOR,
            now=stage.now,
        )
        return codes.by_ids(conn, campaign.id, [made])[0].code

    tried = stage.database.write(write)
    background(stage)
    assert {one.code: one.own for one in board(stage)} == {"MUSTERI10": False, tried: True}
    buy(stage, tried)
    assert why_not(stage) == [("MUSTERI10", "")]
    stage.box.clock.advance(timedelta(minutes=1))
    buy(stage, "MUSTERI10")
    assert why_not(stage) == [("MUSTERI10", "code_used")]


def test_a_code_that_takes_off_something_else_in_saleor_is_left_out(stage: Stage) -> None:
    campaign = start(stage, terms_of(stage, codes=shared()))
    stage.database.write(
        lambda conn: repository.change(conn, campaign.id, {"trouble": "code_differs"})
    )
    assert why_not(stage) == []


def test_a_code_that_staff_ended_in_saleor_is_left_out_until_it_is_there_again(
    stage: Stage,
) -> None:
    campaign = start(stage, terms_of(stage, codes=shared()))
    voucher = stage.box.store.voucher_codes["MUSTERI10"].voucher
    last = voucher.end_date
    watch(stage)
    assert (why_not(stage), now_of(stage, campaign).trouble) == ([("MUSTERI10", "")], "")
    voucher.end_date = stage.now - timedelta(minutes=1)
    watch(stage)
    assert (why_not(stage), now_of(stage, campaign).trouble) == ([], "code_ended")
    assert priced(stage) == []
    voucher.end_date = last
    watch(stage)
    assert (why_not(stage), now_of(stage, campaign).trouble) == ([("MUSTERI10", "")], "")
    stage.teller.ask(
        "voucherDelete",
        "id: ID!",
        "voucher { id }",
        stage.box.staff_token(),
        id=id_of(voucher),
    )
    watch(stage)
    assert now_of(stage, campaign).trouble == "code_ended"
    background(stage)
    watch(stage)
    assert (why_not(stage), now_of(stage, campaign).trouble) == ([], "code_ended")
