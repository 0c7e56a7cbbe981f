"""Who is erased and comes back under the same address gets no second code of a campaign."""

import sqlalchemy as sa

from saleor_loyalty_app.bonuses.models import BonusMemory
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.campaign_turns import ROUND
from tests.campaign_stage import background, codes_of, start, terms_of
from tests.come_back import come_back, name
from tests.factories import make_member
from tests.redemption_stage import OTHER, SHOPPER, Stage

PERSONAL = {"sharing": "personal"}
_memory = table(BonusMemory)


def test_a_code_of_ones_own_does_not_come_again_to_the_next_account(stage: Stage) -> None:
    campaign = start(stage, terms_of(stage, codes=PERSONAL))
    name(stage, SHOPPER)
    name(stage, OTHER)
    first = {one.member_id for one in codes_of(stage, campaign)}
    assert first == set(stage.members.values())
    for _ in range(2):
        come_back(stage, SHOPPER)
        newcomer = stage.database.write(lambda conn: make_member(conn, stage.store.id))
        stage.box.clock.advance(ROUND)
        background(stage)
        first.add(newcomer)
        assert {one.member_id for one in codes_of(stage, campaign)} == first
    kept = stage.database.read(lambda conn: conn.execute(sa.select(_memory)).all())
    assert [(row.deed, row.times) for row in kept] == [(f"code:{campaign.public_id}", 1)]
    assert SHOPPER not in repr(kept)


def test_another_campaign_gives_the_next_account_its_code(stage: Stage) -> None:
    start(stage, terms_of(stage, codes=PERSONAL))
    name(stage, SHOPPER)
    come_back(stage, SHOPPER)
    another = start(stage, terms_of(stage, codes=PERSONAL, name="Winter"))
    assert stage.members[SHOPPER] in {one.member_id for one in codes_of(stage, another)}


def test_of_a_campaign_that_is_over_nothing_is_remembered(stage: Stage) -> None:
    campaign = start(stage, terms_of(stage, codes=PERSONAL))
    name(stage, SHOPPER)
    stage.box.clock.advance(campaign.ends_at - stage.now)
    background(stage)
    come_back(stage, SHOPPER)
    assert stage.database.read(lambda conn: conn.execute(sa.select(_memory)).all()) == []
