"""What the doctor finds."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import httpx
import pytest

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows.app_extensions import EXTENSIONS, Extension
from saleor_loyalty_app.flows.findings import Finding, Status, is_well
from saleor_loyalty_app.flows.inbox_problems import review_inbox
from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from saleor_loyalty_app.saleor.network import Answer
from saleor_loyalty_app.stores import problems, repository
from saleor_loyalty_app.stores.switches import Part, set_switch
from sandbox.keys import new_key
from tests.integration.stores.conftest import World

STORE_ORIGIN = "127.0.0.1:8100"


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """One kind is enough here: nothing in these tests depends on it."""
    opened = open_database(sqlite_url, pool_size=2)
    yield opened
    opened.close()


def found(findings: list[Finding]) -> dict[str, Status]:
    """Codes and statuses; every finding has its text, and what is not well the way to mend it."""
    for finding in findings:
        for language in LANGUAGES:
            text, mend = finding.text(language), finding.mend(language)
            assert not text.startswith("doctor."), finding.code
            assert "{" not in text + mend
            assert not mend.startswith("doctor."), finding.code
            assert bool(mend) == (finding.status is not Status.OK)
    return {finding.code: finding.status for finding in findings}


def troubles(findings: list[Finding]) -> dict[str, Status]:
    """Only what is not well."""
    return {code: status for code, status in found(findings).items() if status is not Status.OK}


def test_a_fresh_installation_is_well(world: World) -> None:
    world.install()
    findings = world.doctor().examine(world.store())
    assert is_well(findings)
    assert found(findings) == dict.fromkeys(
        (
            "store_active",
            "app_reachable",
            "token_alive",
            "version_supported",
            "permissions_granted",
            "keys_known",
            "webhooks_match",
            "deliveries_arrive",
            "mounts_present",
            "documents_fit",
        ),
        Status.OK,
    )


def test_an_examination_changes_nothing(world: World) -> None:
    app = world.install()
    app.webhooks.clear()
    before = world.everything()
    world.doctor().examine(world.store())
    assert world.everything() == before
    assert app.webhooks == []


def test_dead_letters_that_wait_are_counted_once(world: World) -> None:
    world.install()
    store = world.store()
    for body in (b"{", b"["):
        delivery = inbox.Delivery(store.id, "orders", "", body, world.clock())
        world.database.write(partial(inbox.keep_dead_letter, delivery=delivery, reason="x"))
    review_inbox(world.database, store, world.clock())
    findings = world.doctor().examine(store)
    assert troubles(findings) == {"dead_letters_wait": Status.WARN}
    [finding] = [one for one in findings if one.code == "dead_letters_wait"]
    assert finding.detail == {"count": 2, "store": store.id}
    assert f"inbox replay --store {store.id}" in finding.mend("en")


def test_a_removed_app_has_a_dead_token(world: World) -> None:
    world.install()
    world.uninstall()
    findings = world.doctor().examine(world.store())
    assert troubles(findings) == {"token_dead": Status.FAIL}
    assert not is_well(findings)


def test_a_token_of_another_installation_is_told(world: World) -> None:
    world.install()
    findings = world.doctor().examine(replace(world.store(), app_id="QXBwOjk5"))
    assert troubles(findings) == {"token_of_another_app": Status.FAIL}


def test_a_store_that_switched_the_app_off_is_not_asked(world: World) -> None:
    world.install()
    store = world.store()
    asked = len(world.network.asked)
    world.database.write(lambda conn: repository.set_active(conn, store.id, False, world.clock()))
    findings = world.doctor().examine(world.store())
    assert troubles(findings) == {"store_inactive": Status.FAIL}
    assert len(world.network.asked) == asked


@pytest.mark.parametrize(
    "answer", [httpx.Response(503), httpx.Response(200, json={"data": {"shop": None}})]
)
def test_a_store_that_does_not_answer_is_told(world: World, answer: httpx.Response) -> None:
    world.install()
    world.network.broken[STORE_ORIGIN] = lambda _request: answer
    findings = world.doctor().examine(world.store())
    assert troubles(findings) == {"saleor_unreachable": Status.FAIL}


def test_switches_and_open_problems_are_warnings(world: World) -> None:
    world.install()
    store, now = world.store(), world.clock()
    world.database.write(lambda conn: set_switch(conn, store.id, Part.EARNING, False, now))
    world.database.write(
        lambda conn: problems.report_problem(conn, store.id, "books-drift", "It drifts.", now)
    )
    findings = world.doctor().examine(world.store())
    assert is_well(findings)
    assert troubles(findings) == {"switched_off": Status.WARN, "open_problem": Status.WARN}


def test_missing_permissions_are_named(world: World) -> None:
    app = world.install()
    app.permissions = frozenset(app.permissions - {"MANAGE_SHIPPING", "MANAGE_DISCOUNTS"})
    findings = world.doctor().examine(world.store())
    assert troubles(findings) == {"permissions_missing": Status.FAIL}
    [text] = [one.text("en") for one in findings if one.code == "permissions_missing"]
    assert "MANAGE_DISCOUNTS, MANAGE_SHIPPING" in text


def test_webhooks_that_differ_are_named_with_the_command_that_mends_them(world: World) -> None:
    app = world.install()
    app.webhooks[0].query = "subscription { event { ... on OrderCreated { order { id } } } }"
    app.webhooks.pop()
    findings = world.doctor().examine(world.store())
    assert troubles(findings) == {"webhook_create": Status.FAIL, "webhook_update": Status.FAIL}
    mends = {one.mend("tr") for one in findings if one.code.startswith("webhook_")}
    assert mends == {f"saleor-loyalty webhooks migrate --store {world.store().api_url}"}


def test_entries_that_an_older_version_did_not_have_are_missing(world: World) -> None:
    world.install()
    newer = Extension(
        "loyalty-products", "Points", "PRODUCT_DETAILS_WIDGETS", "WIDGET", "/widget/product"
    )
    doctor = replace(world.doctor(), extensions=(*EXTENSIONS, newer))
    assert troubles(doctor.examine(world.store())) == {"mount_missing": Status.WARN}


def test_an_app_that_moved_is_told(world: World) -> None:
    world.install()
    doctor = replace(world.doctor(), browser_url="https://loyalty.example.com")
    assert troubles(doctor.examine(world.store())) == {"page_elsewhere": Status.FAIL}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(502, httpx.Headers(), b""),
        Answer(200, httpx.Headers(), b"<html>"),
        Answer(200, httpx.Headers(), b"[]"),
        Answer(200, httpx.Headers(), b'{"id": "another.app"}'),
        None,
    ],
)
def test_an_app_that_is_not_at_its_address_is_told(world: World, answer: Answer | None) -> None:
    world.install()

    def reach(_url: str) -> Answer:
        if answer is None:
            raise SaleorUnavailable("connect")
        return answer

    doctor = replace(world.doctor(), reach=reach)
    assert troubles(doctor.examine(world.store())) == {"app_unreachable": Status.FAIL}


def test_a_new_key_of_the_store_is_no_illness(world: World) -> None:
    world.install()
    world.box.key = new_key()
    findings = world.doctor().examine(world.store())
    assert is_well(findings)
    assert troubles(findings) == {"keys_changed": Status.WARN}


def with_keys(world: World, answer: httpx.Response) -> None:
    """The store answers so where it publishes its keys, and as usual elsewhere."""

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("jwks.json"):
            return answer
        del world.network.broken[STORE_ORIGIN]
        try:
            return world.network(request)
        finally:
            world.network.broken[STORE_ORIGIN] = respond

    world.network.broken[STORE_ORIGIN] = respond


@pytest.mark.parametrize("body", ["<html>", "{}", '{"keys": []}'])
def test_a_store_that_publishes_no_keys_is_told(world: World, body: str) -> None:
    world.install()
    with_keys(world, httpx.Response(200, text=body))
    assert troubles(world.doctor().examine(world.store())) == {"keys_not_published": Status.FAIL}


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Fri, 01 Jan 2027 12:00:20 GMT", {}),
        ("Fri, 01 Jan 2027 12:02:00 GMT", {"clocks_differ": Status.WARN}),
        ("Fri, 01 Jan 2027 10:00:00 GMT", {"clocks_differ": Status.FAIL}),
        ("yesterday", {}),
    ],
)
def test_clocks_are_compared(world: World, date: str, expected: dict[str, Status]) -> None:
    world.install()
    with_keys(world, httpx.Response(200, json=world.box.jwks(), headers={"date": date}))
    assert troubles(world.doctor().examine(world.store())) == expected


def test_clocks_are_not_compared_where_ours_is_moved(world: World) -> None:
    world.install()
    headers = {"date": "Fri, 01 Jan 2027 10:00:00 GMT"}
    with_keys(world, httpx.Response(200, json=world.box.jwks(), headers=headers))
    in_the_demo = replace(world.doctor(), clock_is_real=False)
    assert troubles(in_the_demo.examine(world.store())) == {}


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("3.25", {"version_not_known": Status.WARN}),
        ("3.21", {"version_too_old": Status.FAIL, "check_failed": Status.FAIL}),
        ("four", {"check_failed": Status.FAIL}),
    ],
)
def test_an_unsupported_saleor_is_told(
    world: World, version: str, expected: dict[str, Status]
) -> None:
    world.install()

    def edit(answer: dict[str, dict[str, dict[str, str]]]) -> None:
        shop = (answer.get("data") or {}).get("shop")
        if shop:
            shop["schemaVersion"] = version

    world.network.edit = edit
    assert troubles(world.doctor().examine(world.store())) == expected


def test_failed_deliveries_are_told(world: World) -> None:
    app = world.install()
    world.box.execute(
        'mutation { customerCreate(input: { email: "somebody@example.com" }) { errors { code } } }',
        token=world.box.staff_token(),
    )

    def down(_request: object) -> object:
        raise OSError("refused")

    world.box.run_deliveries(down, wait=True)  # type: ignore[arg-type]
    assert any(webhook.event_deliveries for webhook in app.webhooks)
    findings = world.doctor().examine(world.store())
    assert set(troubles(findings)) == {"deliveries_failed"}
    assert is_well(findings)


def test_a_document_that_the_store_does_not_understand_is_named(world: World) -> None:
    world.install()
    wrong = replace(
        world.services.handlers[0],
        name="orders",
        text="subscription { event { ... on OrderCreated { order { loyaltyPoints } } } }",
    )
    doctor = replace(world.doctor(), handlers=(wrong, *world.services.handlers[1:]))
    findings = doctor.examine(world.store())
    [misfit] = [one for one in findings if one.code == "document_misfit"]
    assert misfit.detail["document"] == "orders"
    assert "loyaltyPoints" in misfit.text("en")
