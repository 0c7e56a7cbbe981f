"""The page behind the link in offers: `/unsubscribe/{token}`.

A POST ends the offers at once, as mail clients do it by themselves (RFC 8058). A GET only asks:
programs that look at links before people do must not end anything.
"""

from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as PathParameter
from fastapi.responses import HTMLResponse
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.html import security_headers, templates
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members import consents
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.messages.errors import LinkInvalid
from saleor_loyalty_app.messages.unsubscribe import Goodbye, goodbye_of

router = APIRouter(include_in_schema=False)
Token = Annotated[str, PathParameter(max_length=400)]
_HEADERS = {
    **security_headers(style_src="'self'", form_action="'self'", frame_ancestors="'none'"),
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
_environment = templates(Path(__file__).parent / "templates")


@router.get("/unsubscribe/{token}", response_class=HTMLResponse)
async def ask_to_unsubscribe(faces: FacesOf, token: Token, language: Language) -> HTMLResponse:
    """Asks whether the offers shall end."""
    goodbye = _goodbye(faces, token)
    return _page(goodbye, language, done=False)


@router.post("/unsubscribe/{token}", response_class=HTMLResponse)
async def unsubscribe(faces: FacesOf, token: Token, language: Language) -> HTMLResponse:
    """Ends the offers; a second time changes nothing."""
    goodbye = _goodbye(faces, token)
    now = faces.clock()

    def end(conn: Connection) -> None:
        try:
            consents.withdraw(
                conn,
                goodbye.store_id,
                goodbye.member_id,
                goodbye.channel,
                source="unsubscribe",
                now=now,
            )
        except MemberNotFound:
            raise LinkInvalid from None

    await faces.database.write_async(end)
    return _page(goodbye, language, done=True)


def _goodbye(faces: Faces, token: str) -> Goodbye:
    return goodbye_of(token, faces.outbound.settings.secrets)


def _page(goodbye: Goodbye, language: str, *, done: bool) -> HTMLResponse:
    html = _environment.get_template("unsubscribe.html").render(
        language=language,
        channel=goodbye.channel.value,
        done=done,
        t=partial(translate, language=language),
    )
    return HTMLResponse(html, headers={**_HEADERS, "Content-Language": language})
