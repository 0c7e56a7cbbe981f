"""Serving the components to the pages of any storefront."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse

from saleor_loyalty_app import __version__
from saleor_loyalty_app.api.components.files import ComponentFile, component_files
from saleor_loyalty_app.api.errors import NotFound

#: The content of an address with its version never changes.
_FOR_EVER = "public, max-age=31536000, immutable"
#: Without a version it is what the app has now.
_FOR_MINUTES = "public, max-age=300, stale-while-revalidate=86400"
#: A module is fetched with CORS, and any page may have it; it knows nobody's secrets.
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def build_router() -> APIRouter:
    """The routes below `/storefront/v1/`.

    Raises:
        AssetMissing, Unlinkable: the app is not complete.
    """
    files = component_files()
    router = APIRouter(prefix="/storefront/v1", include_in_schema=False)

    @router.api_route("/manifest.json", methods=["GET", "HEAD"])
    async def manifest() -> JSONResponse:
        """The files with their addresses and integrity hashes."""
        return JSONResponse(manifest_of(files), headers={**_HEADERS, "Cache-Control": _FOR_MINUTES})

    @router.api_route("/{name}", methods=["GET", "HEAD"])
    async def component(
        request: Request,
        name: str,
        v: str = "",
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """One file; an address with `v` of this very content may be kept for ever."""
        file = files.get(name)
        if file is None:
            raise NotFound
        return _answer(file, v, request.headers.get("accept-encoding", ""), if_none_match or "")

    return router


def manifest_of(files: dict[str, ComponentFile]) -> dict[str, object]:
    """What a storefront's server reads to make its script tags."""
    return {
        "version": __version__,
        "files": {
            name: {"path": file.path, "integrity": file.integrity, "bytes": len(file.compressed)}
            for name, file in files.items()
        },
    }


def _answer(file: ComponentFile, version: str, accepted: str, if_none_match: str) -> Response:
    compressed = _takes_gzip(accepted)
    etag = f'"{file.version}{"-gz" if compressed else ""}"'
    headers = {
        **_HEADERS,
        "Cache-Control": _FOR_EVER if version == file.version else _FOR_MINUTES,
        "ETag": etag,
        "Vary": "Accept-Encoding",
    }
    if etag in if_none_match:
        return Response(status_code=304, headers=headers)
    if compressed:
        headers["Content-Encoding"] = "gzip"
    content = file.compressed if compressed else file.content
    return Response(content, media_type="text/javascript", headers=headers)


def _takes_gzip(accepted: str) -> bool:
    """Whether `Accept-Encoding` takes gzip (RFC 9110, 12.5.3)."""
    for one in accepted.lower().split(","):
        coding, _, quality = one.partition(";")
        if coding.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
