"""Brings the demo to its beginning: the app installed in the store, its program published."""

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import httpx

from demo.failures import DemoFailed
from demo.program import furnished
from demo.setup import ROOT, Places

#: The app's id in every Saleor.
IDENTIFIER = "saleor.loyalty"
SHOP_NAME = "Sandbox Shop"
INSTALL_SECONDS = 60.0


def install(places: Places) -> None:
    """Installs the app in the store, unless it is there already.

    Raises:
        DemoFailed: the store refused, with its words.
    """
    with httpx.Client(base_url=places.store_url, timeout=INSTALL_SECONDS, trust_env=False) as http:
        if not _is_installed(http.get("/_control/state").json()):
            answer = http.post(
                "/_control/install", json={"manifest_url": f"{places.app_url}/api/manifest"}
            ).json()
            if "app_id" not in answer:
                raise DemoFailed(
                    f"The store did not install the app: {answer.get('error', 'no reason given')}"
                )


def _is_installed(state: Mapping[str, Any]) -> bool:
    return any(app["identifier"] == IDENTIFIER for app in state["apps"])


def publish(places: Places) -> None:
    """Publishes the demo's program and counts the orders before it, unless one is in force already.

    Raises:
        DemoFailed: it could not be published, with what the command said.
    """
    told = _command(places, "program", "show", "--history", "--json")
    if json.loads(told)["revisions"]:
        return
    proposed = json.loads(_command(places, "program", "show", "--draft", "--json"))
    file = places.folder / "program.yaml"
    file.write_text(json.dumps(furnished(proposed), ensure_ascii=False, indent=2))
    _command(places, "program", "publish", str(file), "--note", "demo")
    _command(places, "import-history", "--mode", "days", "--days", "90", "--book")


def name_shop(places: Places) -> None:
    """Tells the app what the shop is called, as its owner does in the Dashboard, unless done.

    Raises:
        DemoFailed: the app refused, with its words.
    """
    with httpx.Client(timeout=30, trust_env=False) as http:
        apps = http.get(f"{places.store_url}/_control/state").json()["apps"]
        [app_id] = [app["id"] for app in apps if app["identifier"] == IDENTIFIER]
        token = http.post(f"{places.store_url}/_control/app_token", json={"app_id": app_id}).json()[
            "token"
        ]
        headers = {"Authorization": f"Bearer {token}"}
        address = f"{places.app_url}/api/dashboard/v1/rewards-page"
        known = http.get(address, headers=headers).json()
        if known.get("version") != 0:
            return
        setup = known["setup"] | {"shop_name": SHOP_NAME}
        answer = http.put(address, headers=headers, json={"version": 0, "setup": setup})
        if answer.status_code != httpx.codes.OK:
            raise DemoFailed(f"The app did not take the shop's name: {answer.text[:300]}")


def _command(places: Places, *arguments: str) -> str:
    """Runs a command of the app here: four processes would import the app four times."""
    from saleor_loyalty_app import cli

    said, complained = io.StringIO(), io.StringIO()
    with _environment(places.environment()), redirect_stdout(said), redirect_stderr(complained):
        code = cli.run([*arguments])
    if code == cli.INTERRUPTED:
        raise KeyboardInterrupt
    if code != cli.DONE:
        told = complained.getvalue().strip().splitlines() or [said.getvalue().strip()]
        raise DemoFailed(f"saleor-loyalty {' '.join(arguments[:2])} failed: {told[-1][:300]}")
    return said.getvalue()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def data_folder() -> Path:
    """Where the demo keeps its things in a checkout."""
    return ROOT / "var" / "demo"
