"""Writes .env.example from the settings, so that it names all of them: `make env-example`."""

import textwrap
from pathlib import Path

from saleor_loyalty_app.settings import PREFIX, Settings

HEAD = """\
# Settings of Saleor Loyalty. Copy this file to .env, or set the variables in the environment.
# What begins with "# LOYALTY_" shows the default. Written by `make env-example`.
"""
EXAMPLES = {
    "secret_key": "change-me-to-the-output-of-openssl-rand-base64-48",
    "allowed_stores": "shop.example.com",
}


def example() -> str:
    """The text of the file."""
    parts = [HEAD]
    for name, field in Settings.model_fields.items():
        needed = field.is_required() or name in EXAMPLES
        value = EXAMPLES.get(name) or (field.examples or [None])[0] or field.default
        meaning = textwrap.wrap(field.description or "", 96, break_on_hyphens=False)
        parts.append("\n".join(f"# {line}" for line in meaning))
        assignment = f"{PREFIX}{name.upper()}={'' if value is None else value}"
        parts.append(f"{assignment if needed else '# ' + assignment}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    Path(".env.example").write_text(example())
