"""Commands that take and give files: members from another system, and everything of a store."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import cli
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Entry
from tests.integration.runtime.test_cli import books, installed, refused, settings

__all__ = ["books", "settings"]

_entry = table(Entry)
ROWS = """E-posta;Puan;Son geçerlilik;Dış no
ayse@example.com;120;31.12.2027;a-1
john@example.com;80;2027-12-31;j-1
not an address;10;2027-12-31;x-1
"""


@pytest.fixture
def store(books: Database) -> str:
    """A store with a program in force; its id as it is typed."""
    store_id = installed(books)
    assert cli.run(["program", "publish"]) == 0
    return str(store_id)


def test_members_are_looked_at_first_booked_once_and_wrong_lines_told(
    store: str, books: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "members.csv"
    file.write_text(ROWS, "utf-8")
    capsys.readouterr()
    assert cli.run(["import", "--dry-run", str(file)]) == 0
    looked = " ".join(capsys.readouterr().out.split())
    assert "2 of 3 rows would be booked: 200 points, 2 people" in looked
    assert "4 email" in looked
    assert books.read(lambda conn: conn.execute(sa.select(_entry.c.id)).first()) is None

    assert cli.run(["import", str(file)]) == 0
    assert "2 of 3 rows booked: 200 points, 2 people" in capsys.readouterr().out
    assert cli.run(["import", str(file)]) == 0
    assert "0 of 3 rows booked: 0 points" in capsys.readouterr().out
    earned = sa.select(sa.func.sum(_entry.c.amount))
    assert books.read(lambda conn: conn.execute(earned).scalar_one()) == 200
    assert cli.run(["audit"]) == 0


def test_everything_of_a_store_goes_into_one_file_that_is_not_written_over(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    members = tmp_path / "members.csv"
    members.write_text(ROWS, "utf-8")
    assert cli.run(["import", str(members)]) == 0
    file = tmp_path / "all.zip"
    capsys.readouterr()
    assert cli.run(["export", store, str(file)]) == 0
    assert "200 points of https://store-" in capsys.readouterr().out
    with zipfile.ZipFile(file) as archive:
        listed = set(archive.namelist())
        [name] = [one for one in listed if one.endswith("members.csv")]
        rows = list(csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8-sig")))
    assert any(one.endswith(".json") for one in listed)
    assert [row["state"] for row in rows] == ["guest", "guest"]

    before = file.read_bytes()
    assert "is there already" in refused(capsys, 1, "export", store, str(file))
    assert file.read_bytes() == before
    assert cli.run(["export", store, str(file), "--force"]) == 0
    assert not file.with_name("all.zip.part").exists()


def test_a_store_that_is_not_there_leaves_no_file(
    books: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(books)
    file = tmp_path / "all.zip"
    said = refused(capsys, 1, "export", "elsewhere.example", str(file))
    assert said == "No store elsewhere.example has installed the app."
    assert list(tmp_path.glob("all.zip*")) == []


def test_a_file_that_is_no_table_is_refused(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "members.csv"
    file.write_text("once upon a time\n", "utf-8")
    said = refused(capsys, 1, "import", str(file))
    assert said.startswith("The first line has to name the columns. Missing: ['email', 'points'].")
