"""Every route of the faces is whole, asks for the right token, and waits for no thread."""

import inspect
from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase

from saleor_loyalty_app.api.bearer import PARTNER_KEY, SHOPPER_TOKEN, STAFF_TOKEN
from saleor_loyalty_app.api.dashboard.router import router as dashboard
from saleor_loyalty_app.api.partner.router import router as partner
from saleor_loyalty_app.api.rewards.router import router as rewards
from saleor_loyalty_app.api.storefront.router import router as storefront
from saleor_loyalty_app.api.unsubscribe import router as unsubscribe

FACES = {
    "dashboard": dashboard,
    "storefront": storefront,
    "partner": partner,
    "rewards": rewards,
    "unsubscribe": unsubscribe,
}
#: Of the storefront API: what anybody may ask.
PUBLIC = {"program", "guest-claims", "orders"}


def routes(face: str) -> list[APIRoute]:
    found = FACES[face].routes
    assert all(isinstance(one, APIRoute) for one in found)
    return [one for one in found if isinstance(one, APIRoute)]


def below(dependant: Dependant) -> Iterator[Dependant]:
    for one in dependant.dependencies:
        yield one
        yield from below(one)


def is_async(call: object) -> bool:
    if inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call):
        return True
    return isinstance(call, SecurityBase) and inspect.iscoroutinefunction(type(call).__call__)


@pytest.mark.parametrize("face", FACES)
def test_nothing_that_a_route_asks_for_first_goes_to_a_thread(face: str) -> None:
    slow = {
        f"{route.path}: {one.call}"
        for route in routes(face)
        for one in below(route.dependant)
        if not is_async(one.call)
    }
    assert slow == set()


@pytest.mark.parametrize(
    ("face", "begins", "token"),
    [
        ("dashboard", "/api/dashboard/v1/", STAFF_TOKEN),
        ("storefront", "/api/storefront/v1/", SHOPPER_TOKEN),
        ("partner", "/api/partner/v1/", PARTNER_KEY),
    ],
)
def test_each_call_stands_below_its_face_and_names_its_token(
    face: str, begins: str, token: object
) -> None:
    calls = [one for one in routes(face) if one.include_in_schema]
    assert all(one.path.startswith(begins) for one in calls)
    without = {
        one.path.removeprefix(begins).partition("/")[0]
        for one in calls
        if token not in [used.call for used in below(one.dependant)]
    }
    assert without <= (PUBLIC if face == "storefront" else set())


def test_no_two_routes_answer_the_same() -> None:
    every = [
        (method, route.path)
        for face in FACES
        for route in routes(face)
        for method in route.methods or ()
    ]
    assert len(every) == len(set(every))
