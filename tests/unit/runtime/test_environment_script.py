"""What stops `make demo` on an unprepared machine is said in one clear sentence."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "tools" / "environment.sh"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in small, and a folder `bin` whose programs come first."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "app.txt").write_text("# nothing\n")
    (tmp_path / "bin").mkdir()
    return tmp_path


def program(checkout: Path, name: str, script: str) -> None:
    path = checkout / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(checkout: Path, *names: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("sh") or "/bin/sh", str(SCRIPT), *(names or ("app",))],
        cwd=checkout,
        env={"PATH": path or f"{checkout / 'bin'}:{os.environ['PATH']}", "HOME": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 1, result.stdout + result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_no_python(checkout: Path) -> None:
    # Only what the script itself needs, so that no Python is found.
    for tool in ("cksum", "cat", "command"):
        found = shutil.which(tool)
        if found:
            (checkout / "bin" / tool).symlink_to(found)
    said = one_sentence(run(checkout, path=str(checkout / "bin")))
    assert said.startswith("Python is missing: install Python 3.11 or newer")


def test_an_old_python(checkout: Path) -> None:
    program(checkout, "python3", 'case "$2" in *exit*) exit 1;; *) echo 3.9.2;; esac')
    said = one_sentence(run(checkout))
    assert said.startswith("Python 3.11 or newer is needed, and python3 is 3.9.2")


def test_a_python_without_venv(checkout: Path) -> None:
    program(checkout, "python3", 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    said = one_sentence(run(checkout))
    assert said == (
        "Python's venv package is missing: install it "
        "(on Debian and Ubuntu: apt install python3-venv)."
    )


def test_a_full_disk(checkout: Path) -> None:
    program(checkout, "python3", "exit 0")
    program(
        checkout, "df", "echo 'Filesystem blocks Used Available'; echo '/dev/sda 1 1 20480 / /'"
    )
    said = one_sentence(run(checkout))
    assert said == (
        "There is too little room on the disk: 20 MB are free here, "
        "and the requirements need 700 MB."
    )


def test_outside_of_the_checkout(checkout: Path) -> None:
    shutil.rmtree(checkout / "requirements")
    assert "run this from the top folder of the checkout" in one_sentence(run(checkout))


def test_a_second_run_does_nothing(checkout: Path) -> None:
    program(
        checkout,
        "python3",
        f'if [ "$1" = -m ]; then mkdir -p "{checkout}/.venv/bin"; '
        f"printf '#!/bin/sh\\necho installed\\n' > '{checkout}/.venv/bin/python'; "
        f"chmod +x '{checkout}/.venv/bin/python'; fi",
    )
    first = run(checkout)
    assert first.returncode == 0, first.stderr
    assert "installed" in first.stdout
    second = run(checkout)
    assert (second.returncode, second.stdout) == (0, "")
    (checkout / "requirements" / "app.txt").write_text("# something new\n")
    assert "installed" in run(checkout).stdout
