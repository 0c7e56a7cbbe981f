"""The API of member imports: a file in, what it would bring, and its way through."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.flows.import_members import Importer
from saleor_loyalty_app.flows.reverse_member_import import reverse_next_page
from saleor_loyalty_app.member_imports import repository
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.staff_actions import page as actions
from tests.api_edge import ApiEdge
from tests.signing import SigningKey

API = "/api/dashboard/v1/member-imports"
FILE = "email;external_id;puan;dil\nada@example.com;A1;100;tr\nada@example.com;A2;1.200;tr\n"


@pytest.fixture
def edge(sqlite_url: str, clock: ManualClock, key: SigningKey) -> Iterator[ApiEdge]:
    """The faces on SQLite: what is asked of the database is tested on both elsewhere."""
    database = open_database(sqlite_url, pool_size=2)
    made = ApiEdge(database, clock, key)
    yield made
    made.close()
    database.close()


def ask(
    edge: ApiEdge, store: StoreRef, method: str, path: str = "", **staff: object
) -> httpx.Response:
    headers = edge.staff(store, **staff) | {"Accept-Language": "tr"}
    return edge.send(method, API + path, headers)


def upload(edge: ApiEdge, store: StoreRef, body: bytes, **staff: object) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(edge.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            headers = edge.staff(store, **staff) | {"Content-Type": "text/csv"}
            return await client.post(f"{API}?name=eski.csv", headers=headers, content=body)

    return asyncio.run(send())


def work(edge: ApiEdge, store: StoreRef) -> None:
    """Does what the worker does."""
    faces = edge.app.state.faces
    importer = Importer(faces.access, faces.email_keys, edge.clock)
    while found := edge.database.read(lambda conn: repository.import_at_work(conn, store.id)):
        if found.state == "reversing":
            reverse_next_page(edge.database, store, found.id, now=edge.clock())
        else:
            importer.next_page(store, found.id)


def found(edge: ApiEdge, store: StoreRef, path: str) -> dict[str, Any]:
    answer = ask(edge, store, "GET", path)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_file_goes_its_way_from_the_check_to_being_taken_back(
    edge: ApiEdge, published: StoreRef
) -> None:
    taken = upload(edge, published, FILE.encode("cp1254"))
    assert taken.status_code == 201, taken.text
    assert taken.json()["state"] == "checking"
    assert taken.json()["ignored"] == ["dil"]
    work(edge, published)
    path = f"/{taken.json()['id']}"
    checked = found(edge, published, path)
    assert (checked["state"], checked["may_start"], checked["delimiter"]) == ("checked", True, ";")
    figures = checked["checked"]
    assert (figures["bring"], figures["bad"], figures["points"], figures["new"]) == (1, 1, 100, 1)
    assert figures["liability"] == [{"amount": "2.00", "currency": "USD"}]
    [problem] = figures["problems"]
    assert problem["code"] == "points_thousands"
    assert "binlik" in problem["text"]
    rows = found(edge, published, f"{path}/rows?state=bad")
    assert [(row["line"], row["problems"][0]["column"]) for row in rows["items"]] == [(3, "points")]
    report = ask(edge, published, "GET", f"{path}/report.csv")
    assert report.text.splitlines()[1].startswith("3,İşlenmedi,points,points_thousands,")

    assert ask(edge, published, "POST", f"{path}/start").json()["state"] == "booking"
    work(edge, published)
    booked = found(edge, published, path)
    assert (booked["state"], booked["booked"]["points"]) == ("done", 100)
    left = found(edge, published, f"{path}/reversal")
    assert (left["there"], left["members"], left["spent"]) == (100, 1, 0)
    assert ask(edge, published, "POST", f"{path}/reverse").json()["state"] == "reversing"
    work(edge, published)
    over = found(edge, published, path)
    assert (over["state"], over["reversal"]["taken"]) == ("reversed", 100)
    listed = found(edge, published, "")
    assert [one["id"] for one in listed["items"]] == [checked["id"]]
    noted = edge.database.read(lambda conn: actions(conn, published.id, 10, None))
    assert [one.kind for one in noted][:3] == [
        "member_import_reversed",
        "member_import_started",
        "member_file_taken",
    ]
    assert "ada@example.com" not in repr(noted)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "import_file_empty"),
        (b"email,points\n", 422, "import_file_empty"),
        (b"name,age\nAda,36\n", 422, "import_header_unknown"),
        (b"PK\x03\x04rest", 422, "import_file_is_spreadsheet"),
        (b"email,points\na@example.com,\x00", 422, "import_encoding_unknown"),
        (b'email,points\n"a@example.com,1\n', 422, "import_file_unreadable"),
        (b"email,points,e-posta\na@example.com,1,\n", 422, "import_column_twice"),
        (b"email,points\n" + b"a@example.com,1\n" * 600_000, 413, "import_file_too_large"),
        (b"email,points\n" + b"a@b.co,1\n" * 50_001, 422, "import_too_many_rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_refused_whole_and_leaves_nothing(
    edge: ApiEdge, published: StoreRef, body: bytes, status: int, code: str
) -> None:
    answer = upload(edge, published, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "{" not in answer.json()["error"]["message"]
    assert found(edge, published, "")["items"] == []


def test_only_who_sets_the_app_up_sees_files_and_only_those_of_the_store(
    edge: ApiEdge, published: StoreRef
) -> None:
    agent = {"user_permissions": ["MANAGE_USERS", "MANAGE_ORDERS", "MANAGE_DISCOUNTS"]}
    made = upload(edge, published, FILE.encode()).json()["id"]
    for method, path in (
        ("GET", ""),
        ("GET", f"/{made}"),
        ("GET", f"/{made}/rows"),
        ("GET", f"/{made}/report.csv"),
        ("POST", f"/{made}/start"),
        ("POST", f"/{made}/reverse"),
        ("GET", "/template.csv"),
    ):
        assert ask(edge, published, method, path, **agent).status_code == 403, path
    assert upload(edge, published, b"email,points\na@b.co,1\n", **agent).status_code == 403
    other = edge.store()
    assert ask(edge, other, "GET", f"/{made}").status_code == 404
    assert ask(edge, other, "POST", f"/{made}/cancel").status_code == 404


def test_the_template_is_a_file_that_is_understood(edge: ApiEdge, published: StoreRef) -> None:
    template = ask(edge, published, "GET", "/template.csv")
    assert template.headers["content-type"].startswith("text/csv")
    taken = upload(edge, published, template.content)
    assert (taken.status_code, taken.json()["rows"], taken.json()["ignored"]) == (201, 3, [])
