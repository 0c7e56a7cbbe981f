"""What apps hear of vouchers and gift cards, and that both survive a restart."""

import json
import pickle
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox import InstalledApp, Response, Sandbox
from tests.contract.story_stage import GATEWAY
from tests.unit.sandbox.discount_shop import DiscountShop

SUBSCRIPTION = """subscription { event { __typename
  ... on VoucherCreated { voucher { code } }
  ... on VoucherUpdated { voucher { code } }
  ... on VoucherDeleted { voucher { code } }
  ... on VoucherMetadataUpdated { voucher { code } }
  ... on VoucherCodesCreated { voucherCodes { id code used isActive } }
  ... on VoucherCodesDeleted { voucherCodes { id code used isActive } }
  ... on GiftCardCreated { giftCard { last4CodeChars isActive currentBalance { amount } } }
  ... on GiftCardStatusChanged { giftCard { last4CodeChars isActive } }
} }"""


def _listener(box: Sandbox, *permissions: str) -> InstalledApp:
    return box.install(
        {
            "id": "listener",
            "name": "Listener",
            "version": "1",
            "permissions": list(permissions),
            "tokenTargetUrl": "http://app.test/register",
            "webhooks": [
                {"name": "all", "targetUrl": "http://app.test/hook", "query": SUBSCRIPTION}
            ],
        }
    )


@pytest.fixture
def shop() -> DiscountShop:
    return DiscountShop.open()


def test_vouchers_tell_of_themselves_and_of_their_codes(shop: DiscountShop) -> None:
    app = _listener(shop.box, "MANAGE_DISCOUNTS")
    shop.box.take_emitted()
    voucher = shop.make_voucher("LOY")
    shop.list_voucher(voucher, "5")
    shop.teller.ask("voucherDelete", "id: ID!", "voucher { id }", shop.staff, id=voucher)
    told = [shop.box.render(each, SUBSCRIPTION, app) for each in shop.box.take_emitted()]
    names = [each["__typename"] for each in told if each is not None]
    assert names == ["VoucherCodesCreated", "VoucherCreated", "VoucherUpdated", "VoucherDeleted"]
    assert told[0] is not None
    (code,) = told[0]["voucherCodes"]
    assert (code["code"], code["used"], code["isActive"]) == ("LOY", 0, True)
    assert told[1] == {"__typename": "VoucherCreated", "voucher": {"code": "LOY"}}


def test_codes_are_told_in_the_recorded_shape(shared: Path, shop: DiscountShop) -> None:
    text = (shared / "recordings" / "events" / "VOUCHER_CODES_CREATED.json").read_text("utf-8")
    recorded = json.loads(json.loads(text)["body"])
    app = _listener(shop.box, "MANAGE_DISCOUNTS")
    shop.make_voucher("LOY")
    created = next(e for e in shop.box.emitted if e.event == "VOUCHER_CODES_CREATED")
    query = """subscription { event { ... on VoucherCodesCreated {
      voucherCodes { id code used isActive createdAt } } } }"""
    payload = shop.box.render(created, query, app)
    assert payload is not None
    (code,), (real,) = payload["voucherCodes"], recorded["voucherCodes"]
    assert code.keys() == real.keys()
    assert {key: type(value) for key, value in code.items()} == {
        key: type(value) for key, value in real.items()
    }


def test_only_apps_that_may_hear_of_discounts_and_cards(shop: DiscountShop) -> None:
    _listener(shop.box, "MANAGE_DISCOUNTS")
    shop.make_voucher("LOY")
    shop.teller.ask(
        "giftCardCreate",
        "input: GiftCardCreateInput!",
        "giftCard { id }",
        shop.staff,
        input={"balance": {"currency": "USD", "amount": "5"}, "isActive": True},
    )
    shop.box.run_deliveries(lambda _request: Response(200))
    heard = {parcel.emitted.event for parcel in shop.box.deliveries}
    assert heard == {"VOUCHER_CODES_CREATED", "VOUCHER_CREATED"}


def test_discounts_made_the_short_way_are_told_to_nobody(shop: DiscountShop) -> None:
    shop.box.take_emitted()
    shop.box.discounts.voucher(Decimal(5), "LOY")
    shop.box.discounts.gift_card(Decimal(5))
    shop.box.discounts.order_promotion(percentage=Decimal(10))
    assert shop.box.take_emitted() == []


def test_what_was_kept_goes_on_with_its_codes_and_cards(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(Decimal(5), "LOY", single_use=True)
    card = shop.box.discounts.gift_card(Decimal(30))
    cart = shop.cart()
    shop.add(cart, "LOY")
    shop.add(cart, card.code)
    kept = pickle.dumps(shop.box.snapshot())
    shop.box.restore(pickle.loads(kept))
    staff = shop.box.staff_token()
    shopper = shop.box.shopper_token("shopper@example.com")
    assert shop.entered(cart) == Decimal(70)
    gateway = shop.box.app_token(GATEWAY)
    shop.teller.transact(cart, "Card", "USD", by=gateway, amountCharged="40")
    order = shop.teller.complete(cart, by=shopper)
    told = shop.box.execute(
        "query ($id: ID!) { order(id: $id) { voucherCode giftCards { isActive } } }",
        {"id": order},
        staff,
    )
    assert told["data"]["order"] == {"voucherCode": "LOY", "giftCards": [{"isActive": True}]}
    (code,) = shop.box.store.voucher_codes.values()
    assert not code.is_active
    assert code.voucher is shop.box.store.vouchers[code.voucher.pk]
