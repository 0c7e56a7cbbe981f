"""Installing apps, and what becomes of their tokens."""

import json
from typing import Any

import pytest

from sandbox import Request, Response, Sandbox
from sandbox.installation import InstallationFailed
from sandbox.manifest import ManifestError
from tests.unit.sandbox.shopping import manifest, subscription

URL = "http://app.test/api/manifest"
QUERY = subscription("id", "OrderCreated")
ME = "{ app { id identifier permissions { code } } }"


class AppServer:
    """Serves a manifest and takes a token, or fails as told."""

    def __init__(self, answer: Response | None = None, **changes: Any) -> None:
        self.manifest = manifest(QUERY, **changes)
        self.answer = answer or Response(200, b"{}")
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        if request.method == "GET":
            return Response(200, json.dumps(self.manifest).encode())
        return self.answer


def test_the_manifest_is_fetched_and_the_token_handed_over() -> None:
    box, server = Sandbox(), AppServer()
    app = box.install_from(URL, server)
    fetch, token = server.requests
    assert fetch.header("Saleor-Schema-Version") == "3.23"
    assert token.url == "http://app.test/api/register"
    assert token.json() == {"auth_token": app.token}
    assert len(app.token) == 30
    assert token.header("Saleor-Api-Url") == "http://127.0.0.1:8100/graphql/"
    assert token.header("Saleor-Domain") == "127.0.0.1:8100"
    assert token.header("Saleor-Signature") is None


def test_the_token_works_while_it_is_handed_over() -> None:
    box = Sandbox()
    answers: list[Any] = []

    def server(request: Request) -> Response:
        if request.method == "GET":
            return Response(200, json.dumps(manifest(QUERY)).encode())
        answers.append(box.execute(ME, token=request.json()["auth_token"]))
        return Response(200)

    box.install_from(URL, server)
    assert answers[0]["data"]["app"]["identifier"] == "saleor.loyalty"


def test_the_words_of_a_refusal_reach_the_owner() -> None:
    refusal = Response(403, b'{"error": {"message": "This Saleor URL is not allowed"}}')
    box = Sandbox()
    with pytest.raises(InstallationFailed, match=r"^This Saleor URL is not allowed$"):
        box.install_from(URL, AppServer(refusal))
    assert box.store.apps == {}


def test_a_broken_app_is_called_so() -> None:
    sentence = r"^App internal error \(500\). Try later or contact with app support.$"
    with pytest.raises(InstallationFailed, match=sentence):
        Sandbox().install_from(URL, AppServer(Response(500, b"oops")))


def test_an_app_that_nobody_answers_for() -> None:
    def refuse(_request: Request) -> Response:
        raise ConnectionRefusedError

    with pytest.raises(InstallationFailed, match=r"^Failed to connect to app"):
        Sandbox().install_from(URL, refuse)


def test_an_unreadable_manifest_counts_as_no_connection() -> None:
    with pytest.raises(InstallationFailed, match=r"^Failed to connect to app"):
        Sandbox().install_from(URL, lambda _request: Response(200, b"<html>"))


def test_too_long_a_message_leaves_the_installation_pending_for_ever() -> None:
    wrong = [
        {"name": "w", "targetUrl": "http://app.test/h", "query": "subscription { nothing }"}
    ] * 9
    box = Sandbox(send=AppServer(webhooks=wrong))
    staff = box.staff_token()
    box.execute(
        'mutation ($url: String!) { appInstall(input: {appName: "x", manifestUrl: $url}) {'
        " errors { code } } }",
        {"url": URL},
        staff,
    )
    (installation,) = box.store.installations.values()
    assert (installation.status, installation.message) == ("PENDING", None)
    pending = box.execute("{ appsInstallations { id } }", token=staff)["data"]
    deleted = box.execute(
        "mutation ($id: ID!) { appDeleteFailedInstallation(id: $id) { errors { code } } }",
        {"id": pending["appsInstallations"][0]["id"]},
        staff,
    )
    assert deleted["data"]["appDeleteFailedInstallation"]["errors"] == [{"code": "INVALID_STATUS"}]


def test_the_same_app_is_not_installed_twice_but_again_after_its_removal() -> None:
    box = Sandbox()
    first = box.install(manifest(QUERY))
    with pytest.raises(ManifestError, match="already installed: Loyalty"):
        box.install(manifest(QUERY))
    box.uninstall(first)
    second = box.install(manifest(QUERY))
    assert second.pk != first.pk
    assert second.token != first.token


def test_a_dead_token_is_nobodys() -> None:
    box = Sandbox()
    app = box.install(manifest(QUERY))
    assert box.execute(ME, token=app.token)["data"]["app"]["identifier"] == "saleor.loyalty"
    box.deactivate(app)
    answer = box.execute(ME, token=app.token)
    assert answer["data"] == {"app": None}
    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"


def test_the_installer_decides_about_permissions() -> None:
    box = Sandbox()
    app = box.install(manifest(QUERY), permissions=["MANAGE_USERS"])
    codes = box.execute(ME, token=app.token)["data"]["app"]["permissions"]
    assert codes == [{"code": "MANAGE_USERS"}]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"permissions": ["MANAGE_MIRACLES"]}, "Given permissions don't exist"),
        ({"requiredSaleorVersion": ">=4"}, "Saleor version 3.23.28 is not supported"),
        ({"tokenTargetUrl": "ftp://app.test"}, "Invalid target url"),
        ({"author": "  "}, "Incorrect value for field: author"),
        ({"brand": {"logo": {"default": "http://app.test/logo.svg"}}}, "Invalid file type"),
        (
            {
                "extensions": [
                    {"label": "a", "url": "/a", "mount": "m", "permissions": ["MANAGE_APPS"]}
                ]
            },
            "Extension permission must be listed",
        ),
        (
            {
                "webhooks": [
                    {"name": "a", "targetUrl": "http://a.test", "query": "query { shop { name } }"}
                ]
            },
            "Subscription query is not valid",
        ),
        (
            {
                "webhooks": [
                    {
                        "name": "a",
                        "targetUrl": "http://a.test",
                        "query": QUERY,
                        "asyncEvents": ["ORDER_INVENTED"],
                    }
                ]
            },
            "Invalid asynchronous event",
        ),
    ],
)
def test_a_wrong_manifest_is_refused_with_saleors_words(
    changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ManifestError, match=problem):
        Sandbox().install(manifest(QUERY, **changes))


@pytest.mark.parametrize("missing", ["id", "name", "version"])
def test_a_manifest_needs_its_required_fields(missing: str) -> None:
    whole = manifest(QUERY)
    del whole[missing]
    with pytest.raises(ManifestError, match=f"{missing}: .*Field required"):
        Sandbox().install(whole)


def test_an_app_changes_its_own_webhooks_and_reports_problems() -> None:
    box = Sandbox()
    app = box.install(manifest(QUERY))
    answer = box.execute(
        "mutation ($id: ID!, $query: String!) {"
        " webhookUpdate(id: $id, input: {query: $query}) { webhook { asyncEvents { eventType } }"
        " errors { code } }"
        ' appProblemCreate(input: {key: "ledger.drift", message: "The books drift"}) {'
        " appProblem { count } errors { code } } }",
        {"id": _webhook_id(box, app.token), "query": subscription("id", "OrderPaid")},
        app.token,
    )
    assert answer["data"]["webhookUpdate"]["webhook"]["asyncEvents"] == [
        {"eventType": "ORDER_PAID"}
    ]
    assert answer["data"]["appProblemCreate"]["appProblem"] == {"count": 1}


def _webhook_id(box: Sandbox, token: str) -> str:
    answer = box.execute("{ app { webhooks { id } } }", token=token)
    return str(answer["data"]["app"]["webhooks"][0]["id"])
