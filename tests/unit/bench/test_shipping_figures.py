"""What is measured of shipping: true questions, even pacing, the peer from its lock file."""

import contextlib
import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bench import history, shipping
from bench.http_load import requests_of, run, write_requests
from bench.over_http import load, started
from bench.scene import CUSTOMERS, NOW, prepare
from bench.shipping import PeerMissing, Sender, importing, pages_for, peer_command, question
from bench.signing import Signer
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.rewards.cart_subtotal import figure_of
from saleor_loyalty_app.saleor.event import parse
from saleor_loyalty_app.saleor.shipping_event import ShippingEvent

NULL = [sys.executable, "-m", "bench.http_null"]


@pytest.fixture
def books(tmp_path: Path) -> str:
    """The address of books with a store."""
    url = f"sqlite:///{tmp_path / 'books.sqlite3'}"
    with contextlib.closing(open_database(url)) as database:
        prepare(database)
    return url


def test_questions_are_as_the_app_reads_them() -> None:
    event = parse(json.dumps(question(7)).encode(), ShippingEvent)
    assert event.checkout is not None
    assert event.checkout.created < NOW
    figure = figure_of(event.checkout, with_tax=False, own_code=False)
    assert (figure.subtotal, figure.doubt) == (Decimal(165), "")


def test_an_answer_without_the_methods_is_no_measurement(tmp_path: Path) -> None:
    with started(NULL, {}) as port, pytest.raises(ValueError):
        Sender(Signer(), tmp_path).check(port, shipping.OFFERED)


def test_paced_connections_take_turns(tmp_path: Path) -> None:
    write_requests(tmp_path / "requests", [b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"] * 99)
    with started(NULL, {}) as port:
        found = json.loads(run(requests_of(tmp_path / "requests"), 4, 1.0, 8.0, [port]))
    # Two of each connection in a second, none of them at its beginning but the first.
    assert found["statuses"]["200"] in (8, 9)
    assert found["seconds"] >= 1.0


def test_answers_other_than_200_are_an_error(tmp_path: Path) -> None:
    write_requests(tmp_path / "requests", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"] * 5)
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "-d", str(tmp_path)]
    (tmp_path / "index.html").mkdir()
    with started(command, {}) as port, pytest.raises(RuntimeError):
        load(tmp_path / "requests", 1, 0.2, 0.0, [port])


def test_a_missing_node_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(PeerMissing, match="needs Node"):
        peer_command()


def test_the_peer_is_installed_once_for_each_lock_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[list[str]] = []

    def install(command: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        (tmp_path / "node_modules").mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(shipping, "PEER", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(subprocess, "run", install)
    for lock, installed in (("{}", 1), ("{}", 1), ('{"newer": 1}', 2)):
        (tmp_path / "package-lock.json").write_text(lock)
        assert peer_command() == ["/bin/node", str(tmp_path / "server.mjs")]
        assert len(ran) == installed
    assert ran[0][:2] == ["/bin/npm", "ci"]


def test_an_installation_that_fails_is_told_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(shipping, "PEER", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    failed = subprocess.CompletedProcess([], 1, "", "npm error\nnpm error code E404\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(PeerMissing, match="E404"):
        peer_command()


def test_the_lock_file_names_no_address_but_every_hash() -> None:
    lock = json.loads((shipping.PEER / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages
    assert not any("resolved" in one for one in packages.values())
    assert all("integrity" in one for one in packages.values())


def test_an_import_goes_on_while_it_is_measured_beside(books: str, tmp_path: Path) -> None:
    history.render(tmp_path, 30, first=CUSTOMERS)
    with importing(books, tmp_path) as is_importing:
        assert is_importing()
    assert not is_importing()


def test_an_import_that_does_not_begin_is_an_error(books: str, tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="no import"),
        importing(books, tmp_path / "nothing rendered"),
    ):
        pass


def test_the_past_is_longer_than_its_measurements() -> None:
    assert pages_for(3, 3.0) * 50 >= 3 * 5 * shipping.ORDERS_PER_SECOND
