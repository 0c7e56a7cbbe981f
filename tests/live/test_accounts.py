"""Accounts of a real Saleor and what their confirmation brings, which is given once in a lifetime.

One point takes off a cent and can be spent as soon as its order is paid.
"""

import time
import uuid
from collections.abc import Iterator

import pytest

from tests.live import documents, people
from tests.live.cart import Cart
from tests.live.letters import CONFIRM, Letters, letters
from tests.live.patience import until
from tests.live.programs import ACCOUNTS, WELCOME
from tests.live.props import nobody_asked_to_confirm
from tests.live.scene import Scene
from tests.live.shop import StoreRefused, base
from tests.live.shopper import PASSWORD, Shopper

pytestmark = pytest.mark.live

PROGRAM = ACCOUNTS
POINTS = 100
#: Seconds in which what must not come would have come.
WHILE = 8


@pytest.fixture(scope="module")
def box(scene: Scene) -> Iterator[Letters]:
    """What the store writes to its shoppers."""
    with letters(scene.shop) as came:
        yield came


def somebody() -> str:
    """An address that nobody has used."""
    return f"live-{uuid.uuid4().hex[:10]}@example.com"


def registered(scene: Scene, email: str) -> str:
    """The user's id of somebody new, whom the app has heard of."""
    user = people.register(scene.shop, email, PASSWORD)
    until(lambda: known(scene, user), lambda number: number == 1)
    return user


def known(scene: Scene, user: str) -> int:
    """How many members an account has."""
    return len(scene.told("GET", f"members?user_id={user}")["items"])


def worth(scene: Scene, order: str) -> int:
    """The points that an order earns."""
    return int(base(scene.shop.look(order)) * scene.rate)


def test_a_confirmed_address_brings_the_bonus_and_what_its_guest_earned(
    scene: Scene, box: Letters
) -> None:
    email = somebody()
    order = scene.order({scene.priced().id: 1}, email=email)
    user = registered(scene, email)
    with pytest.raises(StoreRefused, match="ACCOUNT_NOT_CONFIRMED"):
        scene.shop.token(email, PASSWORD)
    people.confirm(scene.shop, email, box.token(CONFIRM, email))
    shopper = Shopper(scene, email, user)
    both = WELCOME + worth(scene, order)
    shopper.wait_for(lambda points: points["available"] == both)


def test_who_deletes_the_account_and_comes_back_is_given_nothing_twice(
    scene: Scene, box: Letters
) -> None:
    email = somebody()
    first = registered(scene, email)
    people.confirm(scene.shop, email, box.token(CONFIRM, email))
    shopper = Shopper(scene, email, first)
    shopper.wait_for(lambda points: points["available"] == WELCOME)
    people.delete(scene.shop, box, email, shopper.token())
    until(lambda: known(scene, first), lambda number: number == 0)

    letters_before = len(box.came)
    second = registered(scene, email)
    assert second != first
    until(lambda: len(box.came), lambda number: number > letters_before)
    people.confirm(scene.shop, email, box.token(CONFIRM, email))
    again = Shopper(scene, email, second)
    order = scene.order({scene.priced().id: 1}, email=email, token=again.token())
    earned = worth(scene, order)
    again.wait_for(lambda points: points["available"] == earned)
    time.sleep(WHILE)
    assert [entry["amount"] for entry in again.history()] == [earned]


@pytest.mark.parametrize("seen_by", ["order", "session"])
def test_a_password_set_by_mail_confirms_in_silence_and_the_next_look_tells(
    scene: Scene, box: Letters, seen_by: str
) -> None:
    email = somebody()
    as_guest = scene.order({scene.priced().id: 1}, email=email)
    user = registered(scene, email)
    people.set_password(scene.shop, box, email, PASSWORD)
    assert people.is_confirmed(scene.shop, email)
    shopper = Shopper(scene, email, user)
    time.sleep(WHILE)
    assert shopper.points()["available"] == 0, "Saleor has told nobody"
    everything = WELCOME + worth(scene, as_guest)
    if seen_by == "order":
        order = scene.order({scene.priced().id: 2}, email=email, token=shopper.token())
        everything += worth(scene, order)
    else:
        begun = shopper.call("POST", "session", {"origin": people.SHOP})
        assert begun.status_code == 201, begun.text
    shopper.wait_for(lambda points: points["available"] == everything)


def test_where_nobody_is_asked_to_confirm_the_bonus_waits_for_who_does_it(scene: Scene) -> None:
    email = somebody()
    with nobody_asked_to_confirm(scene.shop):
        user = registered(scene, email)
        shopper = Shopper(scene, email, user)
        order = scene.order({scene.priced().id: 1}, email=email, token=shopper.token())
        assert not people.is_confirmed(scene.shop, email)
        earned = worth(scene, order)
        shopper.wait_for(lambda points: points["available"] == earned)
        time.sleep(WHILE)
        assert [entry["amount"] for entry in shopper.history()] == [earned]
        scene.shop.ask(documents.CONFIRM, {"id": user})
        shopper.wait_for(lambda points: points["available"] == earned + WELCOME)


def test_who_takes_another_address_keeps_the_points_and_spends_them_after_a_rest(
    scene: Scene, box: Letters
) -> None:
    shopper, new = Shopper(scene), somebody()
    there = shopper.earn(POINTS)
    people.change_address(
        scene.shop, box, shopper.email, new, password=PASSWORD, token=shopper.token()
    )
    again = Shopper(scene, new, shopper.user)
    until(lambda: scene.told("GET", f"members?q={new}")["items"], lambda found: len(found) == 1)
    cart = Cart.filled(scene.shop, {scene.priced().id: 1}, email=new, token=again.token())
    cart.choose()
    assert again.not_redeemed(cart.id, POINTS) == "spending_blocked"
    assert again.points()["available"] == there
    cart.buy()
    again.wait_for(lambda points: points["available"] > there)


def test_the_books_add_up_and_the_doctor_finds_nothing_wrong(scene: Scene) -> None:
    scene.command("audit")
    scene.command("doctor")
