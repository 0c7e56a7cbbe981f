"""Whatever is sent to the API, it answers as its OpenAPI document says, and never with a 5xx."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.core.result import Ok

from saleor_loyalty_app.api.dashboard import segments_schemas as segments
from saleor_loyalty_app.api.dashboard.cases import Case, Cases
from saleor_loyalty_app.api.dashboard.kept_goods import KeptPage
from saleor_loyalty_app.api.dashboard.partner_keys_schemas import (
    NewPartnerKeyInput,
    PartnerKeyInput,
    PartnerKeyLine,
    PartnerKeyMade,
    PartnerKeyPage,
    RotationInput,
)
from saleor_loyalty_app.api.dashboard.redemptions import Redemptions
from saleor_loyalty_app.api.dashboard.widget_schemas import (
    CustomerWidget,
    HomeWidget,
    OrderWidget,
    RefundInput,
    RefundTold,
    VoucherWidget,
)
from saleor_loyalty_app.api.errors import ErrorBody
from saleor_loyalty_app.api.partner import events_schemas as events
from saleor_loyalty_app.api.partner import schemas as partner
from saleor_loyalty_app.api.redemption_schemas import Redemption
from saleor_loyalty_app.api.storefront import claims
from saleor_loyalty_app.api.storefront.cart_schemas import CheckoutPage
from saleor_loyalty_app.api.storefront.estimate_schemas import EstimateInput, EstimatePage
from saleor_loyalty_app.api.storefront.program_schemas import ProgramPage
from saleor_loyalty_app.api.storefront.schemas import History, Me
from saleor_loyalty_app.api.storefront.session import Session
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.queue.engine import migrate_engine
from tests.api_edge import openapi_of
from tests.integration.api.every_call import CALLS
from tests.integration.api.partner_system import PartnerSystem
from tests.integration.api.spending_scene import SpendingScene
from tests.signing import SigningKey

CHECKS = [
    checks.not_a_server_error,
    checks.response_schema_conformance,
    checks.status_code_conformance,
    checks.content_type_conformance,
]

#: What is sent anything together: the first word of the path, or all the others of a face.
_OWN = {
    "program": "program", "publish": "program", "publishing": "program",
    "catalog": "program", "rules": "program", "campaigns": "campaigns",
    "rewards": "members", "tiers": "members", "segments": "members", "members": "members",
    "kept-goods": "members",
    "adjustments": "members", "allowances": "members",
    "insights": "insights", "activity": "insights", "messages": "messages",
    "member-imports": "imports",
    "partner-keys": "partner", "events": "partner",
    "end": "keeping", "exports": "keeping", "retention": "keeping", "secrets": "keeping",
}  # fmt: skip
AREAS = (
    "partner",
    "storefront",
    "dashboard",
    *(f"dashboard {one}" for one in sorted({*_OWN.values()})),
)
#: Hypothesis likes the numbers that stand in the code. This one stands nowhere, so that no shopper
#: leaves the program with it, agreeing to lose just what is there.
POINTS = 1000 + 237
#: So many examples a call at reduced depth, and by face at full depth.
FEW = 3
EXAMPLES_OF = {"partner": 40, "storefront": 100, "dashboard": 40}
#: Who may ask, by face, as the document says it.
SCHEMES = {
    "partner": ("partner", "partner_signed"),
    "storefront": ("shopper",),
    "dashboard": ("staff",),
}
OPEN_TO_ALL = ("/program", "/claim", "/guest-claims")
EXAMPLES = (
    "Me", "History", "ProgramPage", "CheckoutPage", "EstimateInput", "EstimatePage", "Session",
    "SessionInput", "Membership", "JoinInput", "Leaving", "Preferences", "PreferencesInput",
    "ConsentInput", "ErasureInput", "Erasure", "Claimable", "ClaimInput",
    "ClaimAsked", "Redemption", "SpendInput", "ServeInput",
    "Rewards", "RewardClaim", "RewardClaims",
    "ClaimWish",
    "KeySelf", "PartnerMember", "FoundMembers", "LookupInput", "EnrollInput", "Movements",
    "MoveInput", "Moved", "EventInput", "EventAnswer", "EventBatchInput", "EventBatch",
    "PartnerKeyLine", "PartnerKeyPage", "PartnerKeyMade", "PartnerKeyInput",
    "NewPartnerKeyInput",
    "RotationInput",
    "Redemptions", "Case", "Cases", "CaseInput", "StorefrontOrigins", "RewardsPage",
    "RewardsPageInput",
    "SegmentReason", "SegmentBoard", "SegmentMemberPage", "MemberSegments", "SegmentFits",
    "KeptPage",
    "CustomerWidget", "OrderWidget", "VoucherWidget", "HomeWidget", "RefundInput", "RefundTold",
)  # fmt: skip


@schemathesis.serializer("text/csv")
def as_it_is(_context: object, value: Any) -> bytes:
    """What is sent for a file."""
    content = getattr(value, "data", value)
    return content if isinstance(content, bytes) else str(content).encode("utf-8", "replace")


def area_of(face: str, call: str) -> str:
    """The area of a call such as "GET members/{member}"."""
    own = _OWN.get(call.split(" ")[1].split("/")[0], "") if face == "dashboard" else ""
    return f"{face} {own}".strip()


@pytest.fixture
def scene(sqlite_url: str, key: SigningKey) -> Iterator[SpendingScene]:
    """The API on SQLite, before a sandbox store whose shopper has points."""
    database = open_database(sqlite_url, pool_size=2)
    made = SpendingScene(database, key, limits={})
    made.stage.give(POINTS)
    yield made
    made.close()
    database.close()


def schema_of(app: FastAPI) -> Any:
    """What can be asked of `app`."""
    schema = schemathesis.openapi.from_dict(openapi_of(app))
    schema.app = app
    schema.location = "/openapi.json"
    return schema


def send_anything(operation: Any, headers: dict[str, str], examples: int) -> list[Any]:
    """Sends whatever fits the operation, and what does not, and looks at the answers.

    Gives what was sent.
    """

    cases: list[Any] = []
    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    bad = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @given(case=good | bad)
    @settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=examples)
    def sent(case: Any) -> None:
        look_at(case, headers)
        cases.append(case)

    sent()
    return cases


def look_at(case: Any, headers: dict[str, str]) -> Any:
    """Sends a request, looks at its answer and gives it."""
    answer = case.call(headers=dict(headers))
    if answer.status_code != 304:
        case.validate_response(answer, checks=CHECKS)
    return answer


@pytest.mark.parametrize("area", AREAS)
def test_no_request_gets_a_5xx_or_an_answer_that_is_not_documented(
    scene: SpendingScene,
    area: str,
    depth: Callable[[int, int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(claims, "ANSWERED_AFTER", 0.0)
    edge, store = scene.edge, scene.stage.store
    migrate_engine(edge.database.url)
    face, _, calls = area.partition(" ")
    wanted = {call for call in CALLS[face] if area_of(face, call) == area}
    assert wanted, calls
    schema = schema_of(edge.app).include(path_regex=f"^/api/{face}/")
    tokens = {
        "partner": {"Authorization": f"Bearer {PartnerSystem(edge, store).token}"},
        "storefront": scene.headers(),
        "dashboard": edge.staff(store),
    }
    covered: set[str] = set()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        call = f"{operation.method.upper()} {operation.path.split('/v1/')[1]}"
        if call not in wanted:
            continue
        covered.add(call)
        cases = send_anything(operation, tokens[face], depth(FEW, EXAMPLES_OF[face]))
        # Whoever is not let in does not get far: a few of the same are enough.
        for headers in ({}, {"Authorization": "Bearer nothing"}):
            for case in cases[-depth(2, 4) :]:
                answer = look_at(case, headers)
                assert tokens[face]["Authorization"] not in answer.request.headers.values()
    assert covered == wanted
    assert scene.stage.points() == (POINTS, 0)


def test_every_call_of_all_faces_is_sent_anything(scene: SpendingScene) -> None:
    found: dict[str, set[str]] = {face: set() for face in CALLS}
    for path, methods in openapi_of(scene.edge.app)["paths"].items():
        face, _, rest = path.removeprefix("/api/").partition("/v1/")
        if face in found:
            found[face] |= {f"{method.upper()} {rest}" for method in methods}
    assert found == CALLS
    assert {area_of(face, call) for face, calls in CALLS.items() for call in calls} == {*AREAS}


def test_every_route_documents_examples_and_failures(scene: SpendingScene) -> None:
    document = openapi_of(scene.edge.app)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            responses = operation["responses"]
            assert operation["description"], (path, method)
            assert responses.keys() & {"200", "201", "202"}, (path, method)
            open_to_all = "/storefront/" in path and path.endswith(OPEN_TO_ALL)
            wanted = {"422", "429"} if open_to_all else {"401", "503"}
            ways: list[dict[str, list[str]]] = [
                {scheme: []} for scheme in SCHEMES[path.split("/")[2]]
            ]
            assert operation.get("security", []) == ([] if open_to_all else ways), path
            assert wanted <= set(responses), (path, method)
            for status, response in responses.items():
                if status in ("200", "201", "202", "304"):
                    continue
                content = response["content"]["application/json"]
                assert "schema" in content, (path, method, status)
                assert content["schema"]["$ref"].endswith("/ErrorBody"), (path, status)
                for example in content["examples"].values():
                    body = ErrorBody.model_validate(example["value"])
                    message = body.error.message
                    assert not message.startswith("error."), body.error.code
                    assert "{" not in message, body.error.code
    for name in EXAMPLES:
        assert "examples" in document["components"]["schemas"][name], name


def test_the_examples_are_what_the_schemas_say(scene: SpendingScene) -> None:
    for model in (
        Me,
        History,
        ProgramPage,
        EstimatePage,
        EstimateInput,
        Session,
        CheckoutPage,
        Redemption,
        Redemptions,
        Cases,
        Case,
        CustomerWidget,
        HomeWidget,
        OrderWidget,
        RefundInput,
        RefundTold,
        VoucherWidget,
        segments.SegmentReason,
        segments.SegmentBoard,
        segments.SegmentMemberPage,
        segments.MemberSegments,
        segments.SegmentFits,
        KeptPage,
        partner.KeySelf,
        partner.PartnerMember,
        partner.FoundMembers,
        partner.LookupInput,
        partner.EnrollInput,
        partner.Movements,
        partner.MoveInput,
        partner.Moved,
        events.EventInput,
        events.EventAnswer,
        events.EventBatchInput,
        events.EventBatch,
        NewPartnerKeyInput,
        PartnerKeyInput,
        PartnerKeyLine,
        PartnerKeyMade,
        PartnerKeyPage,
        RotationInput,
    ):
        extra: Any = model.model_config["json_schema_extra"]
        for example in extra["examples"]:
            model.model_validate(example)
