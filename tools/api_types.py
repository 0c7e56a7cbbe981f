"""Writes the types of the Dashboard API for the pages: `python -m tools.api_types`.

They are made by openapi-typescript out of the OpenAPI document of the Dashboard's face, and carry
its digest, so that a test without Node can tell whether they are stale.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from saleor_loyalty_app.api.dashboard.router import router

FOLDER = Path(__file__).resolve().parent.parent / "dashboard_extension"
_TOOL = FOLDER / "node_modules" / ".bin" / "openapi-typescript"
TYPES = FOLDER / "src" / "api" / "schema.d.ts"


def document() -> str:
    """The OpenAPI document of the Dashboard API, always the same for the same code."""
    app = FastAPI(title="Saleor Loyalty: Dashboard API", version="1")
    app.router.routes.extend(router.routes)
    described: dict[str, Any] = app.openapi()
    return json.dumps(described, sort_keys=True, ensure_ascii=False)


def heading() -> str:
    """The first line of the types."""
    digest = hashlib.sha256(document().encode()).hexdigest()
    return f"// Written by `make api-types` from the Dashboard API {digest}."


def main() -> int:
    """Writes the types anew; gives the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "openapi.json"
        told.write_text(document(), "utf-8")
        made = Path(folder) / "schema.d.ts"
        command: list[str | Path] = [_TOOL, told, "--output", made]
        done = subprocess.run(command, cwd=FOLDER, check=False, env=os.environ)  # noqa: S603
        if done.returncode:
            return done.returncode
        TYPES.write_text(f"{heading()}\n{made.read_text('utf-8')}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
