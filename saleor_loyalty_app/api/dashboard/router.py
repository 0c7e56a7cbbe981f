"""The app's page and the Dashboard API `/api/dashboard/v1`.

Staff prove themselves by the token that the Dashboard hands to the page (App Bridge), as a bearer
token on each request. The page itself is public and empty.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Security
from fastapi.responses import FileResponse, HTMLResponse

from saleor_loyalty_app.api.bearer import STAFF_TOKEN
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard import page
from saleor_loyalty_app.api.dashboard.actions import switch
from saleor_loyalty_app.api.dashboard.activity_books import router as activity_books
from saleor_loyalty_app.api.dashboard.activity_inbox import router as activity_inbox
from saleor_loyalty_app.api.dashboard.allowances import router as allowances
from saleor_loyalty_app.api.dashboard.cases import router as cases
from saleor_loyalty_app.api.dashboard.insights import router as insights
from saleor_loyalty_app.api.dashboard.members import router as members
from saleor_loyalty_app.api.dashboard.members_deeds import router as members_deeds
from saleor_loyalty_app.api.dashboard.members_notes import router as members_notes
from saleor_loyalty_app.api.dashboard.members_points import router as members_points
from saleor_loyalty_app.api.dashboard.messages import router as messages
from saleor_loyalty_app.api.dashboard.messages_consents import router as messages_consents
from saleor_loyalty_app.api.dashboard.messages_webhooks import router as messages_webhooks
from saleor_loyalty_app.api.dashboard.overview import overview
from saleor_loyalty_app.api.dashboard.pages import router as pages
from saleor_loyalty_app.api.dashboard.program import router as program
from saleor_loyalty_app.api.dashboard.publishing import router as publishing
from saleor_loyalty_app.api.dashboard.publishing_cost import router as publishing_cost
from saleor_loyalty_app.api.dashboard.redemptions import router as redemptions
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.schemas import Overview, Switch, SwitchInput
from saleor_loyalty_app.api.dashboard.staff import Staff, StaffOf
from saleor_loyalty_app.api.dashboard.storefront_origins import router as storefront_origins
from saleor_loyalty_app.api.dashboard.widgets import router as widgets
from saleor_loyalty_app.api.errors import NotFound, documented
from saleor_loyalty_app.i18n import language_of
from saleor_loyalty_app.stores.switches import Part

_API = "/api/dashboard/v1"
_SCRIPTS = {"page.js": "text/javascript", "bridge.js": "text/javascript", "page.css": "text/css"}
_NO_STORE = {"Cache-Control": "no-store"}

_STAFF = [Security(STAFF_TOKEN)]

router = APIRouter(tags=["dashboard"])
router.include_router(pages)
router.include_router(storefront_origins, dependencies=_STAFF)
router.include_router(redemptions, dependencies=_STAFF)
router.include_router(insights, dependencies=_STAFF)
router.include_router(activity_inbox, dependencies=_STAFF)
router.include_router(activity_books, dependencies=_STAFF)
router.include_router(cases, dependencies=_STAFF)
router.include_router(widgets, dependencies=_STAFF)
router.include_router(program, dependencies=_STAFF)
router.include_router(publishing, dependencies=_STAFF)
router.include_router(publishing_cost, dependencies=_STAFF)
for _messages in (messages, messages_webhooks, messages_consents):
    router.include_router(_messages, dependencies=_STAFF)
for _members in (members, members_deeds, members_notes, members_points, allowances):
    router.include_router(_members, dependencies=_STAFF)


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
async def show_page(
    request: Request,
    locale: Annotated[list[str] | None, Query()] = None,
    theme: Annotated[list[str] | None, Query()] = None,
) -> HTMLResponse:
    """The page that the Dashboard shows in its frame. Some Dashboards give parameters twice."""
    accepted = request.headers.get("accept-language", "").split(",")[0]
    language = language_of([*(locale or [])[:1], accepted])
    shade = "dark" if (theme or ["light"])[0] == "dark" else "light"
    return HTMLResponse(page.frame(language, shade), headers=page.SECURITY_HEADERS)


@router.get("/dashboard-page/{name}", include_in_schema=False)
async def show_asset(name: str) -> FileResponse:
    """A script or style sheet of the page."""
    if name not in _SCRIPTS:
        raise NotFound
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return FileResponse(page.ASSETS / name, media_type=_SCRIPTS[name], headers=headers)


@router.get(f"{_API}/overview", dependencies=_STAFF, responses=documented(*OF_STAFF))
async def read_overview(faces: FacesOf, staff: StaffOf, language: Language) -> Overview:
    """The program in force or proposed, with its evidence and cost, switches, problems, figures."""
    return await _overview(faces, staff, language)


@router.get(f"{_API}/overview.html", response_class=HTMLResponse, include_in_schema=False)
async def read_content(faces: FacesOf, staff: StaffOf, language: Language) -> HTMLResponse:
    """The overview as the page shows it."""
    view = await _overview(faces, staff, language)
    return HTMLResponse(page.content(view, language), headers=_NO_STORE)


@router.put(
    f"{_API}/switches/{{part}}",
    dependencies=_STAFF,
    responses=documented(
        *OF_STAFF, (400, "request_unreadable", {}), (422, "request_invalid", {"fields": []})
    ),
)
async def set_switch(faces: FacesOf, staff: StaffOf, part: Part, what: SwitchInput) -> Switch:
    """Stops a part of the program, or lets it go on."""
    now = faces.clock()
    await faces.database.write_async(lambda conn: switch(conn, staff, part, what.on, now=now))
    return Switch(part=part, on=what.on)


async def _overview(faces: FacesOf, staff: Staff, language: str) -> Overview:
    now = faces.clock()
    return await faces.database.read_async(
        lambda conn: overview(conn, staff, now=now, language=language)
    )
