"""What arrived, mails and text messages, the newest first."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from typing import Any

#: So many are kept.
MOST = 300


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail or a text message. `unsubscribe`: where a POST ends more of its kind; "" = nowhere."""

    id: int
    kind: str
    at: str
    sender: str
    to: str
    subject: str
    text: str
    html: str = ""
    unsubscribe: str = ""


class Mailbox:
    """Kept in memory: a restart empties it."""

    def __init__(self) -> None:
        self._arrived: deque[Arrived] = deque(maxlen=MOST)
        self._numbers = count(1)
        self._lock = threading.Lock()

    def take_mail(self, content: bytes, to: str, at: datetime) -> None:
        """Reads a mail as it came over the wire."""
        mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
        link = str(mail["List-Unsubscribe"] or "").strip()
        with self._lock:
            self._arrived.appendleft(
                Arrived(
                    id=next(self._numbers),
                    kind="mail",
                    at=at.isoformat(),
                    sender=str(mail["From"] or ""),
                    to=to,
                    subject=str(mail["Subject"] or ""),
                    text=_part(mail, "plain"),
                    html=_part(mail, "html"),
                    unsubscribe=link.strip("<>") if link.startswith("<http") else "",
                )
            )

    def take_text(self, to: str, text: str, at: datetime) -> None:
        """Takes a text message."""
        with self._lock:
            self._arrived.appendleft(
                Arrived(next(self._numbers), "text", at.isoformat(), "", to, "", text)
            )

    def everything(self) -> list[dict[str, Any]]:
        """All that arrived, newest first, as JSON values."""
        with self._lock:
            return [asdict(one) for one in self._arrived]


def _part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    return str(found.get_content()) if found is not None else ""
