"""Rules on metadata, from what stands in the store to the points: the preview says the same."""

from saleor_loyalty_app.flows.preview_checkout import preview_checkout, read_checkout
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.saleor.client import SaleorClient
from tests.claim_stage import book, buy, cancel, offer
from tests.program_samples import PURCHASES, rule_of
from tests.redemption_stage import CIPHER, SHOPPER, Stage

TILL = rule_of(
    {"type": "points_per_order", "points": 40},
    "till",
    scope="order",
    when={"type": "order_metadata", "key": "till", "values": ["izmir"]},
)
MARKED = rule_of(
    {"type": "points_per_unit", "points": 7},
    "marked",
    when={"type": "product_metadata", "key": "loyalty"},
)


def write(stage: Stage, mutation: str, id_: str, **values: str) -> None:
    """Staff write metadata."""
    stage.teller.ask(
        mutation,
        "id: ID!, input: [MetadataInput!]!",
        "item { __typename }",
        stage.box.staff_token(),
        id=id_,
        input=[{"key": key, "value": value} for key, value in values.items()],
    )


def mark_shirt(stage: Stage) -> None:
    shirt = next(one for one in stage.box.store.products.values() if one.slug == "linen-shirt")
    shirt.metadata["loyalty"] = "double"


def previewed(stage: Stage, checkout: str) -> int:
    client = SaleorClient(stage.http, now=stage.box.clock.now)
    read = read_checkout(StoreAccess(stage.database, client, CIPHER), stage.store, checkout)
    member = stage.database.read(
        lambda conn: member_by_id(conn, stage.store.id, stage.members[SHOPPER])
    )
    return stage.database.read(
        lambda conn: preview_checkout(
            conn, stage.store, read, member, is_owner=True, now=stage.now, language="en"
        )
    ).points


def earned(stage: Stage) -> int:
    """What orders gave, beside the 2000 points of the stage."""
    stage.points()
    view = stage.balance()
    return view.available + view.pending - 2000


def test_metadata_earns_as_the_preview_said_and_goes_back_with_the_order(stage: Stage) -> None:
    offer(stage, earning={"rules": [PURCHASES, TILL, MARKED]})
    mark_shirt(stage)
    checkout = stage.cart(2)
    write(stage, "updatePrivateMetadata", checkout, till="izmir")
    told = previewed(stage, checkout)

    order = buy(stage, checkout)

    plain = earned(stage) - 40 - 2 * 7
    assert plain > 0
    assert told == earned(stage)
    cancel(stage, order)
    assert earned(stage) == 0


def test_what_a_shopper_writes_earns_nothing(stage: Stage) -> None:
    offer(stage, earning={"rules": [TILL]})
    checkout = stage.cart(2)
    stage.teller.ask(
        "updateMetadata",
        "id: ID!, input: [MetadataInput!]!",
        "item { __typename }",
        stage.box.shopper_token(SHOPPER),
        id=checkout,
        input=[{"key": "till", "value": "izmir"}],
    )

    order = buy(stage, checkout)

    assert earned(stage) == 0
    write(stage, "updatePrivateMetadata", order, till="izmir")
    book(stage, order)
    # The plan was frozen when the order was paid; what is written later comes too late.
    assert earned(stage) == 0
