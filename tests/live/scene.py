"""The app as a process beside a store that is already there, with a program in force."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.live.shop import Shop, Variant

PROGRAM = """\
version: 1
name: Live
texts:
  en: {program: Live, point: point, points: points}
  tr: {program: Canlı, point: puan, points: puan}
settings:
  availability: {after: fulfillment, days: 14}
currencies:
  - channel: default-channel
    currency: USD
    earn_rate: {points: 10, money: "1"}
    spend_rate: {points: 1, money: "0.002"}
earning:
  rules:
    - id: base
      then: {type: points_per_money}
"""
POINTS_PER_MONEY = Decimal(10)
PERMISSIONS = [
    "MANAGE_ORDERS",
    "MANAGE_USERS",
    "MANAGE_CHECKOUTS",
    "MANAGE_DISCOUNTS",
    "MANAGE_SHIPPING",
]


@dataclass
class Scene:
    """The store's shop, the app's address, and what was installed where."""

    shop: Shop
    folder: Path
    app_url: str
    app_id: str = ""
    rate: Decimal = POINTS_PER_MONEY
    permissions: list[str] = field(default_factory=lambda: list(PERMISSIONS))
    variants: list[Variant] = field(default_factory=list)

    def install(self) -> None:
        """Installs the app in the store, by its manifest."""
        self.app_id = self.shop.install(f"{self.app_url}/api/manifest", self.permissions)

    def uninstall(self) -> None:
        """Deletes the app in the store."""
        self.shop.uninstall(self.app_id)
        self.app_id = ""

    def command(self, *arguments: str) -> str:
        """Runs `saleor-loyalty …` with the app's settings; raises with its output if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "saleor_loyalty_app", *arguments],
            env=environment(self.folder, self.app_url, _host(self.shop.api_url)),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def publish(self) -> None:
        """Puts the program of the story into force."""
        file = self.folder / "program.yaml"
        file.write_text(PROGRAM, encoding="utf-8")
        self.command("program", "publish", str(file))

    @contextlib.contextmanager
    def app_for_strangers(self) -> Iterator[str]:
        """Another app process that allows other stores than this one; gives its address."""
        folder = self.folder / "strangers"
        folder.mkdir(exist_ok=True)
        with serving(folder, "stores.example") as address:
            yield address


@contextlib.contextmanager
def serving(folder: Path, allowed: str) -> Iterator[str]:
    """Serves the app on a free port with a database in `folder`; gives its address."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with (folder / "app.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "saleor_loyalty_app", "serve", "--port", str(port)],
            env=environment(folder, address, allowed),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"{address}/health", process)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def environment(folder: Path, address: str, allowed: str) -> Mapping[str, str]:
    """The app's settings."""
    secret = folder / "secret"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(48))
    return {
        **os.environ,
        "LOYALTY_ENVIRONMENT": "test",
        "LOYALTY_DATABASE_URL": f"sqlite:///{folder / 'loyalty.sqlite3'}",
        "LOYALTY_SECRET_KEY": secret.read_text(),
        "LOYALTY_APP_URL": address,
        "LOYALTY_ALLOWED_STORES": allowed,
    }


@contextlib.contextmanager
def staged(shop: Shop, folder: Path) -> Iterator[Scene]:
    """The app served, installed and with its program in force; uninstalled in the end."""
    with serving(folder, _host(shop.api_url)) as address:
        scene = Scene(shop, folder, address, variants=shop.variants())
        scene.install()
        try:
            scene.publish()
            yield scene
        finally:
            if scene.app_id:
                scene.uninstall()


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the app ended at once"
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the app did not come up")
