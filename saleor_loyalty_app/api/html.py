"""What the app's HTML pages have in common: templates, and headers that every page is sent with."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

_HEADERS = {"Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff"}


def templates(folder: Path) -> Environment:
    """The templates in a folder: HTML is escaped, and a name that is missing is an error."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def security_headers(**allowed: str) -> dict[str, str]:
    """Headers for a page that may load only what it names, such as `script_src="'self'"`."""
    policy = {"default_src": "'none'", "base_uri": "'none'", "form_action": "'none'", **allowed}
    told = (f"{name.replace('_', '-')} {value}" for name, value in policy.items())
    return {"Content-Security-Policy": "; ".join(told), **_HEADERS}
