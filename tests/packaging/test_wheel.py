"""The wheel is complete: in an empty environment, far from the checkout, it migrates and serves."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SECRET = "x9Kq2VbT7mWc4ZpL8rNf3YdH6sJg1AeU5oQi"

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(900)]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Runs a command and gives its output; a failure shows what it said."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**_bare_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def _bare_environment() -> dict[str, str]:
    """Without what would let the checkout or its environment shine through."""
    hidden = ("PYTHON", "LOYALTY_", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(ROOT / "tools" / "build.sh", folder, cwd=ROOT, PYTHON=sys.executable)
    (built,) = folder.glob("*.whl")
    return built


@dataclass
class Installation:
    """The wheel, installed with the locked requirements, and a folder to run it in."""

    command: Path
    folder: Path
    port: int

    def environment(self) -> dict[str, str]:
        return {
            "LOYALTY_SECRET_KEY": SECRET,
            "LOYALTY_APP_URL": "https://loyalty.example.com",
            "LOYALTY_ALLOWED_STORES": "shop.example.com",
        }


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    venv = tmp_path_factory.mktemp("venv") / "empty"
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=folder)
    # What is never imported need not be compiled.
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check",
           "--python", venv / "bin" / "python"]  # fmt: skip
    install = [*pip, "install", "--quiet", "--no-compile"]
    run(*install, "--require-hashes", "-r", ROOT / "requirements" / "app.txt", cwd=folder)
    run(*install, "--no-deps", wheel, cwd=folder)
    run(*pip, "check", cwd=folder)
    return Installation(venv / "bin" / "saleor-loyalty", folder, free_port())


@pytest.fixture(scope="module")
def served(installation: Installation) -> Iterator[str]:
    """The address of the served app, on a database that `migrate` made."""
    said = run(
        installation.command, "migrate", cwd=installation.folder, **installation.environment()
    )
    assert "The database was migrated" in said
    process = subprocess.Popen(
        [installation.command, "serve", "--port", str(installation.port)],
        cwd=installation.folder,
        env={**_bare_environment(), **installation.environment()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = f"http://127.0.0.1:{installation.port}"
    deadline = time.monotonic() + 180
    while True:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                break
        except (urllib.error.URLError, TimeoutError):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline, "it did not answer in three minutes"
            time.sleep(0.2)
    yield address
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert "app_stopped" in said
    assert '"level": "error"' not in said


def fetch(url: str) -> tuple[str, str]:
    """The content type and the text of what is at `url`."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.headers["content-type"], answer.read().decode()


def test_it_carries_what_it_reads_and_nothing_of_the_workshop(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"saleor_loyalty_app", next(top for top in tops if top.endswith(".dist-info"))}
    for folder in ("graphql/subscriptions", "graphql/queries", "graphql/mutations"):
        expected = {path.name for path in (ROOT / folder).glob("*.graphql")}
        packaged = f"saleor_loyalty_app/packaged/{folder}/"
        assert {name.removeprefix(packaged) for name in names if name.startswith(packaged)} == (
            expected
        )
    components = {path.name for path in (ROOT / "storefront" / "components").glob("*.js")}
    inside = "saleor_loyalty_app/packaged/storefront/components/"
    carried = {name.removeprefix(inside) for name in names if name.startswith(inside)}
    assert carried == components
    for wanted in (
        "saleor_loyalty_app/py.typed",
        "saleor_loyalty_app/packaged/manifest.json",
        "saleor_loyalty_app/packaged/dashboard_extension/dist/index.html",
        "saleor_loyalty_app/packaged/dashboard_extension/dist/widget.html",
        "saleor_loyalty_app/packaged/dashboard_extension/dist/licenses.md",
        "saleor_loyalty_app/db/migrations/versions/0001_the_spine.py",
    ):
        assert wanted in names
    for tracked in _tracked_files():
        assert tracked in names, tracked
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)


def _tracked_files() -> list[str]:
    """The files of the package that belong to the checkout."""
    told = run("git", "ls-files", "saleor_loyalty_app", cwd=ROOT)
    return told.splitlines()


def test_it_is_ready_with_its_worker(served: str) -> None:
    ready = json.loads(fetch(f"{served}/ready")[1])
    assert (ready["ready"], ready["worker"]) == (True, "alive")


def test_it_serves_its_manifest_with_webhooks(served: str) -> None:
    manifest = json.loads(fetch(f"{served}/api/manifest")[1])
    assert manifest["id"] == "saleor.loyalty"
    assert all("subscription" in webhook["query"] for webhook in manifest["webhooks"])
    assert manifest["webhooks"]


@pytest.mark.parametrize("path", ["/", "/about?lang=tr", "/privacy", "/support"])
def test_it_serves_its_pages(served: str, path: str) -> None:
    kind, text = fetch(served + path)
    assert kind.startswith("text/html")
    assert "<html" in text


def test_it_serves_its_components(served: str) -> None:
    files = json.loads(fetch(f"{served}/storefront/v1/manifest.json")[1])["files"]
    kind, text = fetch(served + files["loyalty.js"]["path"])
    assert kind.startswith("text/javascript")
    assert "loyalty-redeem" in text


@pytest.mark.parametrize("path", ["/members/5", "/widget/customer"])
def test_it_serves_the_pages_of_the_dashboard_with_all_that_they_load(
    served: str, path: str
) -> None:
    kind, page = fetch(served + path)
    assert kind.startswith("text/html")
    loaded = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    kinds = {fetch(served + address)[0].partition(";")[0] for address in loaded}
    assert kinds == {"text/javascript", "text/css"}


def test_it_speaks_turkish(served: str) -> None:
    request = urllib.request.Request(
        f"{served}/api/storefront/v1/me", headers={"Accept-Language": "tr"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    message = json.loads(refused.value.read())["error"]["message"]
    refused.value.close()
    assert message
    assert "error." not in message
    assert refused.value.headers["content-language"] == "tr"


def test_its_commands_work(installation: Installation, served: str) -> None:
    assert served
    told = run(
        installation.command, "audit", "--json",
        cwd=installation.folder, **installation.environment(),
    )  # fmt: skip
    assert json.loads(told) == {"drifts": []}
