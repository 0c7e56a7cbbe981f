"""The demo: starts app and store, brings them to the beginning, stops both, says what is wrong."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.past import COUPON, ORDERS
from demo.staff import STAFF, Counter
from saleor_loyalty_app import cli
from tests import nursery
from tests.ports import free_port, is_free

ROOT = Path(__file__).parents[3]
#: For an end that was asked for, on a machine that has much else to do.
PATIENCE = 180


def fetch(url: str, headers: dict[str, str] | None = None) -> Any:
    request = urllib.request.Request(url, headers=headers or {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@dataclass
class Demo:
    """A demo on ports of its own."""

    folder: Path
    app_port: int
    store_port: int

    def command(self) -> list[str]:
        return [
            sys.executable, "-m", "demo",
            "--app-port", str(self.app_port),
            "--store-port", str(self.store_port),
            "--folder", str(self.folder),
        ]  # fmt: skip

    def start(self) -> subprocess.Popen[str]:
        """Starts it and waits until it has printed its addresses."""
        process = subprocess.Popen(
            self.command(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                return process
        process.communicate()
        raise AssertionError(f"the demo ended: {said}{self.logs()}")

    def fail(self) -> str:
        """Runs a demo that cannot start; gives the one sentence that it says."""
        result = subprocess.run(
            self.command(), cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert result.returncode == 1, result.stdout + result.stderr
        lines = result.stderr.strip().splitlines()
        assert len(lines) == 1, result.stderr
        return lines[0]

    def logs(self) -> str:
        return "".join(file.read_text() for file in sorted(self.folder.glob("*.log")))


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return Demo(tmp_path / "demo", free_port(), free_port())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, list[Any]]]:
    """A demo in its second start, and the orders that stood in its store during the first."""
    demo = Demo(tmp_path_factory.mktemp("demo") / "demo", free_port(), free_port())
    first = demo.start()
    orders = orders_of(demo)
    assert stopped(first, signal.SIGTERM) == 0
    second = demo.start()
    yield demo, orders
    assert stopped(second, signal.SIGINT) == 0, demo.logs()
    assert is_free(demo.app_port)
    assert is_free(demo.store_port)


def orders_of(demo: Demo) -> list[Any]:
    """Number and time of each order of the demo's store."""
    document = "query { orders(first: 50) { edges { node { number created } } } }"
    with Counter(f"http://127.0.0.1:{demo.store_port}") as counter:
        found = counter.ask(document, {}, counter.sign_in(*STAFF))
    return [edge["node"] for edge in found["orders"]["edges"]]


def stopped(process: subprocess.Popen[str], number: signal.Signals) -> int:
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    return process.returncode


def test_the_second_start_does_not_relive_the_past(running: tuple[Demo, list[Any]]) -> None:
    demo, orders = running
    assert len(orders) == len(ORDERS)
    assert orders_of(demo) == orders


def test_the_app_is_installed_once_and_is_ready(running: tuple[Demo, list[Any]]) -> None:
    demo, _ = running
    state = fetch(f"http://127.0.0.1:{demo.store_port}/_control/state")
    assert [app["identifier"] for app in state["apps"]] == ["saleor.loyalty"]
    ready = fetch(f"http://127.0.0.1:{demo.app_port}/ready")
    assert ready["ready"]
    assert ready["worker"] == "alive"
    assert ready["stores"]["active"] == 1


def tell(demo: Demo, *arguments: str) -> Any:
    """What a command of the app says of the demo's store."""
    environment = {
        "LOYALTY_ENVIRONMENT": "demo",
        "LOYALTY_DATABASE_URL": f"sqlite:///{demo.folder}/loyalty.sqlite3",
        "LOYALTY_SECRET_KEY": (demo.folder / "secret").read_text(),
        "LOYALTY_APP_URL": f"http://localhost:{demo.app_port}",
    }
    output = demo.folder / "told.json"
    assert nursery.start(cli.run, [*arguments, "--json"], environment, output).wait(60) == 0
    return json.loads(output.read_text())


def test_the_program_is_published_once_with_spending_and_shipping(
    running: tuple[Demo, list[Any]],
) -> None:
    demo, _ = running
    revisions = tell(demo, "program", "show", "--history")["revisions"]
    assert [(one["number"], one["note"]) for one in revisions] == [(1, "demo")]
    program = tell(demo, "program", "show")
    assert program["spending"]["minimum_points"] == 50
    offers = program["shipping"]["offers"]
    assert [offer["id"] for offer in offers] == ["free-shipping", "member-express"]
    assert {one["currency"] for one in offers[0]["thresholds"]} == {"USD", "TRY"}


def test_a_customer_has_points_to_spend_from_the_start(running: tuple[Demo, list[Any]]) -> None:
    demo, _ = running
    store_url = f"http://127.0.0.1:{demo.store_port}"
    with Counter(store_url) as counter:
        token = counter.sign_in("ayse@example.com")
    me = fetch(
        f"http://127.0.0.1:{demo.app_port}/api/storefront/v1/me?channel=default-channel",
        {"Authorization": f"Bearer {token}"},
    )
    assert me["points"]["available"] == 568
    assert me["points"]["pending"] == 37
    assert me["points"]["worth"] == {"amount": "11.36", "currency": "USD"}
    assert int((demo.folder / "clock").read_text()) == 0


def test_the_codes_to_try_work(running: tuple[Demo, list[Any]]) -> None:
    demo, _ = running
    card = (demo.folder / "gift-card").read_text()
    document = "query { vouchers(first: 5) { edges { node { code } } } giftCards(first: 5)"
    document += " { edges { node { code currentBalance { amount } isActive } } } }"
    with Counter(f"http://127.0.0.1:{demo.store_port}") as counter:
        found = counter.ask(document, {}, counter.sign_in(*STAFF))
    assert [edge["node"]["code"] for edge in found["vouchers"]["edges"]] == [COUPON]
    (made,) = [edge["node"] for edge in found["giftCards"]["edges"]]
    assert (made["currentBalance"]["amount"], made["isActive"]) == (25, True)
    assert made["code"].replace("-", "") == card.replace("-", "")


def test_the_secret_is_for_its_owner_only(running: tuple[Demo, list[Any]]) -> None:
    assert (running[0].folder / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("which", ["app", "store"])
def test_a_taken_port_is_named_with_the_way_out(demo: Demo, which: str) -> None:
    taken = demo.app_port if which == "app" else demo.store_port
    variable = "APP_PORT" if which == "app" else "STORE_PORT"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", taken))
        listener.listen()
        said = demo.fail()
    assert said == (
        f"Port {taken} is taken: stop what listens there, "
        f"or choose another, such as make demo {variable}={taken + 1}."
    )


def test_a_folder_that_cannot_be_written_is_named(demo: Demo) -> None:
    demo.folder.parent.mkdir(exist_ok=True)
    demo.folder.write_text("a file where the folder should be")
    assert demo.fail() == f"The demo cannot write to {demo.folder}: file exists."


def test_a_full_disk_is_told(demo: Demo) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full to stand for a full disk")
    demo.folder.mkdir()
    (demo.folder / ".room").symlink_to("/dev/full")
    assert demo.fail() == f"The disk is full: make room below {demo.folder}."
