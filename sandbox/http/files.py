"""What the running store keeps on disk: its state, and how far its clock is ahead."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

_FORMAT = 2


class UnreadableState(Exception):
    """A file is there, but it is not what this program writes."""


@dataclass(frozen=True, slots=True)
class Saved:
    """`fields` are the tables of the store; `key` is its private key as PEM."""

    fields: dict[str, Any]
    key: bytes


class StateFile:
    """The state between two runs; for the machine's owner only, since it is a pickle."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Saved | None:
        """What was saved; None when there is no file yet.

        Raises:
            UnreadableState: the file is of another program, or of another version of this one.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            saved = pickle.loads(data)  # noqa: S301 - only this program writes the file
            if saved["format"] != _FORMAT:
                raise UnreadableState(f"{self.path} was written by another version; delete it.")
            return Saved(saved["fields"], saved["key"])
        except (
            pickle.UnpicklingError,
            EOFError,
            AttributeError,
            ImportError,
            KeyError,
            TypeError,
        ) as error:
            raise UnreadableState(
                f"{self.path} cannot be read as the state of a store; delete it to start anew."
            ) from error

    def pack(self, fields: dict[str, Any], key: bytes) -> bytes:
        return pickle.dumps({"format": _FORMAT, "fields": fields, "key": key})

    def write(self, data: bytes) -> None:
        _replace(self.path, data, mode=0o600)


class ClockFile:
    """One integer as text: by how many seconds the store's time is ahead of the real one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> timedelta:
        """The offset; none without a file.

        Raises:
            UnreadableState: there is something else in the file.
        """
        try:
            return timedelta(seconds=int(self.path.read_text("ascii").strip() or "0"))
        except FileNotFoundError:
            return timedelta(0)
        except ValueError as error:
            raise UnreadableState(f"{self.path} does not hold a number of seconds.") from error

    def write(self, offset: timedelta) -> None:
        _replace(self.path, f"{int(offset.total_seconds())}\n".encode("ascii"), mode=0o644)


def _replace(path: Path, data: bytes, *, mode: int) -> None:
    """Write a whole file in one step: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.chmod(mode)
    beside.replace(path)
