"""The running store: one lock around the state, one thread that delivers."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.box import Sandbox
from sandbox.discounting import Completion
from sandbox.events.courier import Parcel
from sandbox.http.files import ClockFile, StateFile
from sandbox.installation import InstallationFailed
from sandbox.keys import StoreKey, new_key
from sandbox.model.apps import App
from sandbox.model.checkouts import Checkout
from sandbox.model.clock import OffsetClock
from sandbox.model.ids import global_id
from sandbox.model.pricing import checkout_prices
from sandbox.model.settlement import create_transaction
from sandbox.model.store import NOBODY, Store
from sandbox.wire import Request, Response, Send

_log = logging.getLogger("sandbox")
_PULSE_SECONDS = 0.5
_TICK_SECONDS = 60.0


def _real_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the store's clock stands on the machine's


class Service:
    """A `Sandbox` that serves many callers and delivers by itself.

    Raises:
        UnreadableState: a file is there but was not written by this program.
    """

    def __init__(
        self,
        *,
        version: str,
        api_url: str,
        seed: int,
        state_file: Path | None,
        clock_file: Path | None,
        retry_scale: float,
        key: StoreKey | None,
        send: Send,
    ) -> None:
        self._clock_file = ClockFile(clock_file) if clock_file else None
        self._state_file = StateFile(state_file) if state_file else None
        self.clock = OffsetClock(
            _real_time, self._clock_file.read() if self._clock_file else timedelta(0)
        )
        saved = self._state_file.read() if self._state_file else None
        own_key = key or (StoreKey.from_pem(saved.key) if saved else new_key())
        self.box = Sandbox(
            seed,
            version,
            api_url,
            clock=self.clock,
            key=own_key,
            retry_scale=retry_scale,
            send=send,
            start_installations=self._install_later,
        )
        if saved is not None:
            self.box.restore(saved.fields)
        self._send = send
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._changed = saved is None
        self._next_tick = self.clock.now()
        self._worker: threading.Thread | None = None

    def start(self) -> None:
        self._worker = threading.Thread(target=self._work, name="courier", daemon=True)
        self._worker.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._worker is not None:
            self._worker.join(timeout=5)
        self._save()

    # What callers ask for

    def execute(self, **request: Any) -> dict[str, Any]:
        with self.box.lock:
            before = len(self.box.store.outbox)
            result = self.box.execute(**request)
            self._changed = True
            if len(self.box.store.outbox) > before:
                self._wake.set()
        return result

    def install(self, manifest_url: str) -> App:
        """Install an app from its manifest.

        Raises:
            InstallationFailed: with Saleor's sentence.
        """
        with self.box.lock:
            app = self.box.install_from(manifest_url, self._send)
        self._poke()
        return app

    def uninstall(self, app_id: str) -> None:
        """Remove an app.

        Raises:
            LookupError: no such app is installed.
        """
        with self.box.lock:
            self.box.uninstall(self.find_app(app_id))
        self._poke()

    def find_app(self, app_id: str) -> App:
        """The installed app of a global id.

        Raises:
            LookupError: there is none.
        """
        apps = self.box.store.apps.values()
        for app in apps:
            if global_id("App", app.pk) == app_id and app.removed_at is None:
                return app
        raise LookupError(f"no app {app_id}")

    def advance(self, seconds: int) -> None:
        with self.box.lock:
            self.clock.advance(timedelta(seconds=seconds))
            if self._clock_file:
                self._clock_file.write(self.clock.offset)
        self._poke()

    def race(self, checkout_ids: list[str], code: str) -> list[Completion]:
        """Put one code on all of the checkouts, pay them, and complete them at one instant.

        Raises:
            LookupError: no such checkout or code.
            Refused: the code does not apply, or what is paid cannot be.
        """
        with self.box.lock:
            if code not in self.box.store.voucher_codes:
                raise LookupError(f"no code {code}")
            for id_ in checkout_ids:
                checkout = self.box.node(id_)
                if checkout.voucher_code != code:
                    self.box.discounts.put(id_, code)
                _pay(self.box.store, checkout)
            done = self.box.discounts.race(*checkout_ids)
        self._poke()
        return done

    def set_faults(self, **faults: Any) -> None:
        with self.box.lock:
            self.box.set_faults(**faults)
        self._wake.set()

    def tick(self) -> None:
        """Do what is due now: expiry and deliveries, also those that wait for a retry."""
        with self.box.lock:
            self.box.tick()
            self.box.courier.hurry()
        self._poke()

    def reset(self) -> None:
        with self.box.lock:
            self.box.reset()
            self.clock.offset = timedelta(0)
            if self._clock_file:
                self._clock_file.write(self.clock.offset)
        self._poke()

    # The thread that delivers

    def _poke(self) -> None:
        self._changed = True
        self._wake.set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(_PULSE_SECONDS)
            self._wake.clear()
            try:
                self._deliver()
                self._tick_when_due()
                self._save()
            except Exception:  # noqa: BLE001 - the thread must outlive one bad delivery
                _log.exception("delivery failed; it goes on with the next one")

    def _deliver(self) -> None:
        courier = self.box.courier
        while not self._stopping.is_set():
            with self.box.lock:
                courier = self.box.courier
                courier.collect()
                batch = courier.due()
            if not batch:
                return
            for parcel in batch:
                self._attempt(parcel)

    def _attempt(self, parcel: Parcel) -> None:
        courier = self.box.courier
        with self.box.lock:
            request: Request | None = courier.prepare(parcel)
        if request is None:
            return
        response: Response | None = courier.post(request, self._send)
        with self.box.lock:
            courier.conclude(parcel, response)
            self._changed = True

    def _tick_when_due(self) -> None:
        if self.clock.now() < self._next_tick:
            return
        self._next_tick = self.clock.now() + timedelta(seconds=_TICK_SECONDS)
        with self.box.lock:
            before = len(self.box.store.outbox)
            self.box.tick()
            if len(self.box.store.outbox) > before:
                self._poke()

    def _save(self) -> None:
        if self._state_file is None or not self._changed:
            return
        with self.box.lock:
            self._changed = False
            data = self._state_file.pack(self.box.snapshot(), self.box.key.to_pem())
        self._state_file.write(data)

    def _install_later(self, pk: int) -> None:
        threading.Thread(target=self._run_installation, args=(pk,), daemon=True).start()

    def _run_installation(self, pk: int) -> None:
        with self.box.lock:
            self.box.run_installation(pk, self._send)
        self._poke()


def _pay(store: Store, checkout: Checkout) -> None:
    """Charge what a checkout costs now."""
    total = checkout_prices(store, checkout).total
    charged = {"amount": total.gross_amount, "currency": total.currency}
    data = {"name": "Card", "available_actions": ["REFUND"], "amount_charged": charged}
    create_transaction(store, NOBODY, checkout, data)


__all__ = ["InstallationFailed", "Service"]
