"""How the tests are run: a file that drives a browser has a second chance, all others have one."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools import suite


def report(*failed: str, broken: Sequence[str] = (), passed: Sequence[str] = ()) -> str:
    """What pytest writes of tests by their files, such as `tests.e2e.test_race`."""
    cases = [
        *(f'<testcase classname="{one}" name="test_a"><failure/></testcase>' for one in failed),
        *(f'<testcase classname="{one}" name="test_b"><error/></testcase>' for one in broken),
        *(f'<testcase classname="{one}" name="test_c"/>' for one in passed),
    ]
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"


class Pytest:
    """Ends its calls with these codes, and tells of the first what the report holds."""

    def __init__(self, written: str, *codes: int) -> None:
        self.calls: list[list[str]] = []
        self._written = written
        self._codes = list(codes)

    def __call__(self, arguments: Sequence[str]) -> int:
        self.calls.append([one for one in arguments if not one.startswith("--junitxml=")])
        for one in arguments:
            if one.startswith("--junitxml="):
                Path(one.partition("=")[2]).write_text(self._written, "utf-8")
        return self._codes.pop(0)


def test_what_passes_is_run_once() -> None:
    pytest_ = Pytest(report(passed=["tests.e2e.test_race"]), 0)
    assert suite.run(["-q"], ["tests"], pytest_) == 0
    assert pytest_.calls == [["-q", "tests"]]


def test_files_of_the_browser_that_failed_run_again_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = report("tests.e2e.test_race", "tests.e2e.test_race", broken=["tests.e2e.test_faces"])
    pytest_ = Pytest(written, 1, 0)
    assert suite.run(["-q"], ["tests"], pytest_) == 0
    again = ["tests/e2e/test_faces.py", "tests/e2e/test_race.py"]
    assert pytest_.calls == [["-q", "tests"], ["-q", *again]]
    told = capsys.readouterr().out
    assert told.endswith("Passed at the second time only:\n  " + "\n  ".join(again) + "\n")


def test_what_fails_again_has_failed(capsys: pytest.CaptureFixture[str]) -> None:
    pytest_ = Pytest(report("tests.e2e.test_race"), 1, 1)
    assert suite.run([], ["tests"], pytest_) == 1
    assert "Passed" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "failed",
    [
        ["tests.integration.ledger.test_audit"],
        ["tests.crash.test_takeover"],
        ["tests.e2e.test_race", "tests.unit.ledger.test_cash"],
        [f"tests.e2e.test_{number}" for number in range(suite.MOST_FILES + 1)],
    ],
    ids=["books", "killed", "one of two", "too many"],
)
def test_all_others_have_one_chance(failed: list[str]) -> None:
    pytest_ = Pytest(report(*failed), 1)
    assert suite.run([], ["tests"], pytest_) == 1
    assert len(pytest_.calls) == 1


def test_a_run_that_broke_is_not_repeated() -> None:
    pytest_ = Pytest("", 2)
    assert suite.run([], ["tests"], pytest_) == 2
    assert len(pytest_.calls) == 1


def test_the_report_of_a_real_run_is_understood(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "e2e"
    folder.mkdir(parents=True)
    (folder / "test_fails.py").write_text("def test_a():\n    assert False\n")
    (folder / "test_passes.py").write_text("def test_b():\n    pass\n")
    written = tmp_path / "report.xml"
    ended = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "no:cacheprovider",
            "--import-mode=importlib", "--rootdir", str(tmp_path),
            f"--junitxml={written}", "tests",
        ],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": ""}, capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stdout
    assert suite.failed_files(written.read_text("utf-8")) == ["tests/e2e/test_fails.py"]
