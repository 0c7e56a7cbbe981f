"""The app as a process beside a store that is already there, with a program in force."""

import contextlib
import os
import secrets
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.live.cart import Cart
from tests.live.patience import insisted
from tests.live.shop import Shop, Variant
from tests.ports import free_port

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
    program: str
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
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def publish(self) -> None:
        """Puts the program of the chapters into force.

        `$SKU` in it is what `priced` gives, `$KIND` the type of what `unlike` gives.
        """
        file = self.folder / "program.yaml"
        thing = self.priced()
        text = self.program.replace("$SKU", thing.sku or thing.id)
        text = text.replace("$KIND", self.unlike().kind)
        file.write_text(text, encoding="utf-8")
        self.command("program", "publish", str(file))

    def another(self) -> Variant:
        """The cheapest thing for sale of a product that `priced` does not give."""
        return min(
            (one for one in self.variants if one.product != self.priced().product),
            key=lambda variant: variant.price,
        )

    def unlike(self) -> Variant:
        """The cheapest thing for sale of another type than what `priced` gives."""
        return min(
            (one for one in self.variants if one.kind != self.priced().kind),
            key=lambda variant: variant.price,
        )

    def priced(self, at_least: Decimal = Decimal(20)) -> Variant:
        """The cheapest thing for sale of at least this price."""
        return min(
            (variant for variant in self.variants if variant.price >= at_least),
            key=lambda variant: variant.price,
        )

    def order(
        self, items: Mapping[str, int], *, email: str, token: str = "", pay: Decimal | None = None
    ) -> str:
        """Buys items (variant id → quantity); gives the order's id.

        Args:
            token: the shopper's; empty = a guest.
            pay: how much is charged before completion; none = all of it.
        """
        cart = Cart.filled(self.shop, items, email=email, token=token)
        cart.choose()
        cart.pay(pay)
        return cart.complete()

    def told(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        """What a call of the dashboard API that must succeed answers."""
        answer = self.staff(method, path, body)
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def staff(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> httpx.Response:
        """One call of the dashboard API by the store's staff."""
        key = uuid.uuid4().hex

        def send() -> httpx.Response:
            token = self.shop.staff_token_for(self.app_id)
            return httpx.request(
                method,
                f"{self.app_url}/api/dashboard/v1/{path}",
                json=body,
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
                timeout=60,
            )

        return insisted(send)

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
    port = free_port()
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
    """The app's settings; without limits on requests, as chapters look often and race."""
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
        "LOYALTY_SPENDING_LIMIT": "off",
        "LOYALTY_READING_LIMIT": "off",
        "LOYALTY_STAFF_LIMIT": "off",
    }


@contextlib.contextmanager
def staged(shop: Shop, folder: Path, program: str) -> Iterator[Scene]:
    """The app served, installed and with its program in force.

    In the end it is uninstalled, and the vouchers that it made are deleted.
    """
    with serving(folder, _host(shop.api_url)) as address:
        scene = Scene(shop, folder, address, program, variants=shop.variants())
        bought = {scene.priced(), scene.another(), scene.unlike(), *scene.variants[:3]}
        for thing in bought:
            shop.restock(thing.id)
        before = shop.vouchers()
        scene.install()
        try:
            scene.publish()
            yield scene
        finally:
            if scene.app_id:
                scene.uninstall()
            for voucher, name in shop.vouchers().items():
                if voucher not in before and (name.startswith("Loyalty ") or "[cp_" in name):
                    shop.delete_voucher(voucher)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the app ended at once"
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the app did not come up")
