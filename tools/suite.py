"""Runs the tests: `python -m tools.suite OPTIONS -- TESTS`, both for pytest.

Tests that drive a browser or the processes of a demo wait for what they started, and a machine that
lends its processors to others lets one of thousands wait too long. The files of such tests that
failed run a second time, each from its beginning; what fails again has failed, and what passed only
then is named. All other tests have one chance: what they decide does not depend on the machine, and
neither do the books, so no test that kills processes in the middle of their work is among these.
"""

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Where tests drive a browser, or processes whose start they wait for.
DRIVING = ("tests/e2e/", "tests/integration/runtime/", "tests/packaging/")
#: More files than this do not fail by chance.
MOST_FILES = 4
_FAILED = 1

Run = Callable[[Sequence[str]], int]


def failed_files(report: str) -> list[str]:
    """The files whose tests failed or broke, each once and sorted.

    Args:
        report: what pytest writes with `--junitxml`.
    """
    found = set()
    for case in ElementTree.fromstring(report).iter("testcase"):  # noqa: S314 - pytest's own
        if case.find("failure") is not None or case.find("error") is not None:
            found.add(case.get("classname", "").replace(".", "/") + ".py")
    return sorted(found)


def may_run_again(files: Sequence[str]) -> bool:
    """Whether all these files are of such tests, and are few enough for chance."""
    return 0 < len(files) <= MOST_FILES and all(one.startswith(DRIVING) for one in files)


def run(options: Sequence[str], tests: Sequence[str], call: Run) -> int:
    """Runs the tests as told above; gives the exit code of pytest.

    Args:
        options: for pytest, in both runs.
        tests: files and folders of the first run.
        call: runs pytest with these arguments and gives its exit code.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        code = call([*options, f"--junitxml={report}", *tests])
        if code != _FAILED:
            return code
        files = failed_files(report.read_text("utf-8"))
    if not may_run_again(files):
        return code
    names = "\n".join(f"  {one}" for one in files)
    _say(f"Failed at first, run a second time:\n{names}")
    code = call([*options, *files])
    if code == 0:
        _say(f"Passed at the second time only:\n{names}")
    return code


def _pytest(arguments: Sequence[str]) -> int:
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False
    ).returncode


def _say(text: str) -> None:
    print(f"\n{text}", flush=True)  # noqa: T201


def main() -> int:
    """Takes options and tests from the command line; gives the exit code."""
    given = sys.argv[1:]
    cut = given.index("--")
    return run(given[:cut], given[cut + 1 :], _pytest)


if __name__ == "__main__":
    sys.exit(main())
