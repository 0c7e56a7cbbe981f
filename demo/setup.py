"""Where the demo keeps its things, and how it makes them."""

import errno
import secrets
from dataclasses import dataclass
from pathlib import Path

from demo.failures import DemoFailed

#: Bytes that the books of a demo may take up.
ROOM = 20 * 1024 * 1024
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Places:
    """The files of the demo in one folder, and its two addresses."""

    folder: Path
    app_port: int
    store_port: int

    @property
    def app_url(self) -> str:
        """Where the app answers."""
        return f"http://localhost:{self.app_port}"

    @property
    def store_url(self) -> str:
        """Where the store in a box answers."""
        return f"http://localhost:{self.store_port}"

    @property
    def mail_port(self) -> int:
        """Where the store in a box takes the mail of its people."""
        return self.store_port + 25

    @property
    def clock_file(self) -> Path:
        """The seconds by which both clocks are moved."""
        return self.folder / "clock"

    @property
    def store_state(self) -> Path:
        """What the store in a box remembers."""
        return self.folder / "store.state"

    @property
    def gift_card_file(self) -> Path:
        """The code of the gift card that can be tried."""
        return self.folder / "gift-card"

    def environment(self) -> dict[str, str]:
        """The settings of the app and of the store's pages, as variables."""
        return {
            "LOYALTY_ENVIRONMENT": "demo",
            "LOYALTY_DATABASE_URL": f"sqlite:///{self.folder / 'loyalty.sqlite3'}",
            "LOYALTY_SECRET_KEY": self.secret(),
            "LOYALTY_APP_URL": self.app_url,
            "LOYALTY_IFRAME_URL": self.app_url,
            "LOYALTY_ALLOWED_STORES": "localhost,127.0.0.1",
            "LOYALTY_CLOCK_FILE": str(self.clock_file),
            "LOYALTY_LOG_FORMAT": "console",
            "LOYALTY_SMTP_URL": f"smtp+plain://127.0.0.1:{self.mail_port}",
            "LOYALTY_MAIL_FROM": "points@sandbox.example",
            "SANDBOX_MANIFEST_URL": f"{self.app_url}/api/manifest",
            "PYTHONUNBUFFERED": "1",
        }

    def secret(self) -> str:
        """The demo's secret key, made once."""
        file = self.folder / "secret"
        if not file.exists():
            file.write_text(secrets.token_urlsafe(48))
            file.chmod(0o600)
        return file.read_text().strip()


def prepare(folder: Path, *, app_port: int, store_port: int) -> Places:
    """Makes the folder of the demo and what has to be there before the processes start.

    Raises:
        DemoFailed: it cannot be written there.
    """
    places = Places(folder.resolve(), app_port, store_port)
    try:
        places.folder.mkdir(parents=True, exist_ok=True)
        places.secret()
        if not places.clock_file.exists():
            places.clock_file.write_text("0")
        _claim_room(places.folder)
    except OSError as failure:
        if failure.errno == errno.ENOSPC:
            raise DemoFailed(f"The disk is full: make room below {places.folder}.") from None
        raise DemoFailed(
            f"The demo cannot write to {places.folder}: {(failure.strerror or '').lower()}."
        ) from None
    return places


def _claim_room(folder: Path) -> None:
    """Finds out now, and not in the middle of a purchase, whether a few MB can be written."""
    probe = folder / ".room"
    try:
        probe.write_bytes(bytes(ROOM))
    finally:
        probe.unlink()
