"""Commands: what they print, what they change, how they end."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import cli, log
from saleor_loyalty_app.clock import system_clock
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.migrate import head
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Balance, Entry
from saleor_loyalty_app.programs import repository as programs
from saleor_loyalty_app.programs.yaml_text import program_to_yaml
from saleor_loyalty_app.rewards.models import RewardStock
from saleor_loyalty_app.settings import Settings, load_settings
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.secrets import TokenCipher, token_of
from saleor_loyalty_app.tasks import proposals
from tests.factories import make_channel, make_member, make_store

OLD, NEW = "the old secret of the tests", "the new secret of the tests"
NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Variables of an app on a fresh SQLite file, which is not migrated yet."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LOYALTY_{name.upper()}", raising=False)
    monkeypatch.setenv("LOYALTY_ENVIRONMENT", "test")
    monkeypatch.setenv("LOYALTY_DATABASE_URL", f"sqlite:///{tmp_path}/books.sqlite3")
    monkeypatch.setenv("LOYALTY_SECRET_KEY", OLD)
    monkeypatch.setenv("LOYALTY_APP_URL", "http://localhost:8000")
    monkeypatch.setenv("LANG", "C.UTF-8")
    return load_settings()


@pytest.fixture
def books(settings: Settings, migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """The same database, migrated."""
    shutil.copy(migrated_sqlite, tmp_path / "books.sqlite3")
    opened = open_database(settings.database_url)
    yield opened
    opened.close()
    log._configure_events(strict=True)


def installed(books: Database) -> int:
    """A store with a channel and its proposed draft; gives the id."""

    def write(conn: sa.Connection) -> int:
        store = make_store(conn)
        make_channel(conn, store.id)
        proposals.begin(conn, store, NOW)
        return store.id

    return books.write(write)


def printed_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert cli.run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    capsys.readouterr()
    assert cli.run(list(arguments)) == code
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return " ".join(said.err.split())


def test_migrate_says_what_it_did(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["migrate"]) == 0
    assert cli.run(["migrate"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"The database was migrated from revision nothing to {head()}."
    assert second == f"The database is up to date (revision {head()})."


@pytest.mark.usefixtures("settings")
def test_what_is_not_migrated_says_how_to_migrate(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, 1, "audit")
    assert said == "The database is not up to date: run `saleor-loyalty migrate`."
    said = refused(capsys, 1, "--language", "tr", "audit")
    assert said == "Veritabanı güncel değil: `saleor-loyalty migrate` komutunu çalıştırın."


@pytest.mark.usefixtures("settings")
def test_wrong_settings_are_listed_by_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOYALTY_APP_URL", "loyalty")
    monkeypatch.setenv("LOYALTY_ENVIRONMENT", "staging")
    said = refused(capsys, 2, "audit")
    assert "LOYALTY_APP_URL: must be an address" in said
    assert "LOYALTY_ENVIRONMENT: Input should be 'production'" in said


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["--language", "de", "audit"], "one of en, tr"),
        (["report", "roll-forward", "--month", "2027"], "a month such as 2027-01"),
        (["program", "diff", "--from", "soon"], "a time such as"),
        (["program", "validate", "missing.yaml"], "missing.yaml"),
        (["switch", "everything", "off"], "everything"),
        (["serve", "--no-work"], "a SQLite file is for one process"),
    ],
)
def test_a_wrong_call_is_explained(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    said = refused(capsys, 2, *arguments)
    assert told in said.replace("│ ", "").replace(" │", "")


@pytest.mark.usefixtures("settings")
def test_a_worker_beside_sqlite_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, 1, "worker").startswith("A SQLite file is for one process")


def test_a_missing_database_is_told_without_its_password(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOYALTY_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:1/none")
    said = refused(capsys, 1, "audit")
    assert said.startswith("The database cannot be reached")
    assert "hunter2" not in said


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == "0.1.0"


def test_audit_of_books_that_add_up_and_of_books_that_do_not(
    books: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["audit"]) == 0
    assert "The books add up." in capsys.readouterr().out
    assert printed_json(capsys, "audit") == {"drifts": []}

    def falsify(conn: sa.Connection) -> None:
        store = make_store(conn)
        member = make_member(conn, store.id)
        conn.execute(
            sa.insert(table(Balance)).values(
                store_id=store.id, member_id=member, unit="points", entries=5, lots=5
            )
        )

    books.write(falsify)
    assert cli.run(["audit"]) == 1
    assert "points" in capsys.readouterr().out
    assert cli.run(["audit", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["drifts"]


def test_audit_tells_counters_that_are_wrong_and_adds_totals_up_anew(
    books: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    def falsify(conn: sa.Connection) -> int:
        store = make_store(conn)
        stock = table(RewardStock)
        conn.execute(sa.insert(stock).values(store_id=store.id, reward_id="mug", drawn=4))
        return store.id

    store_id = books.write(falsify)
    assert cli.run(["audit"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "saleor-loyalty audit --mend" in told
    assert cli.run(["audit", "--json", "--store", str(store_id)]) == 1
    [drift] = json.loads(capsys.readouterr().out)["drifts"]
    assert (drift["check"], drift["about"], drift["expected"], drift["found"]) == (
        "reward_stock",
        "mug",
        0,
        4,
    )
    assert cli.run(["audit", "--mend"]) == 0
    told = capsys.readouterr().out
    assert "Added up anew: Reward mug: 0 pieces are taken, the stock says 4." in told
    assert "The books add up." in told
    assert printed_json(capsys, "audit", "--mend") == {"drifts": [], "mended": []}


def test_a_program_is_shown_checked_compared_published_and_rolled_back(
    books: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    store_id = installed(books)
    draft = books.read(lambda conn: programs.get_draft(conn, store_id)).program()

    assert cli.run(["program", "show"]) == 0
    said = capsys.readouterr()
    assert "No program is in force" in said.err
    assert said.out == program_to_yaml(draft)

    assert printed_json(capsys, "program", "diff")["changes"]
    assert printed_json(capsys, "program", "publish", "--note", "first")["revision"] == 1
    again = printed_json(capsys, "program", "publish")
    assert (again["revision"], again["created"]) == (1, False)
    assert cli.run(["program", "diff"]) == 0
    assert "Nothing would change." in capsys.readouterr().out

    file = tmp_path / "program.yaml"
    file.write_text(program_to_yaml(draft).replace(f"name: {draft.name}", "name: Bonus Club", 1))
    assert cli.run(["program", "validate", str(file)]) == 0
    assert "The program can be published." in capsys.readouterr().out
    assert "Bonus Club" in str(printed_json(capsys, "program", "diff", str(file))["changes"])
    welcoming = json.loads(json.dumps(draft.document)) | {"name": "Bonus Club"}
    then = {"type": "points", "points": 50}
    rule = {"id": "welcome", "trigger": "account_confirmed", "then": then}
    welcoming["earning"]["rules"].append(rule)
    rewarding = tmp_path / "rewarding.yaml"
    rewarding.write_text(json.dumps(welcoming))
    beside = printed_json(capsys, "program", "diff", str(rewarding))["beside"]
    assert beside[0].startswith("Members who joined with a confirmed account: 0, up to 50 points")
    assert cli.run(["program", "diff", str(rewarding)]) == 0
    assert beside[0] in capsys.readouterr().out
    assert cli.run(["program", "publish", str(file)]) == 0
    assert "Revision 2 is published, in force from" in capsys.readouterr().out

    assert printed_json(capsys, "program", "publish", "--roll-back-to", "1")["revision"] == 3
    history = printed_json(capsys, "program", "show", "--history")["revisions"]
    assert [head["number"] for head in history] == [3, 2, 1]
    assert printed_json(capsys, "program", "show")["name"] == draft.name
    assert printed_json(capsys, "program", "show", "--revision", "2")["name"] == "Bonus Club"


def test_a_wrong_program_is_told_by_place_and_not_published(
    books: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    installed(books)
    file = tmp_path / "program.yaml"
    file.write_text("name: [unclosed")
    assert cli.run(["program", "validate", str(file)]) == 1
    assert capsys.readouterr().err.startswith("error:")
    assert cli.run(["program", "publish", str(file)]) == 1
    assert printed_json(capsys, "program", "show", "--history") == {"revisions": []}


def test_switches_are_set_and_told(books: Database, capsys: pytest.CaptureFixture[str]) -> None:
    store_id = installed(books)
    assert cli.run(["switch", "earning", "off"]) == 0
    assert "Earning is off for https://store-" in capsys.readouterr().out
    assert cli.run(["switch", "earning", "off"]) == 0
    assert "Earning was already off" in capsys.readouterr().out
    store = books.read(lambda conn: stores.store_by_id(conn, store_id))
    assert store is not None
    assert not store.earning_on
    listed = printed_json(capsys, "store", "list")["stores"]
    assert listed[0]["store"]["earning_on"] is False


def test_the_origins_of_a_store_are_named_shown_and_opened_again(
    books: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(books)
    capsys.readouterr()
    assert cli.run(["store", "origins"]) == 0
    assert capsys.readouterr().out.strip().endswith("any origin")
    shop, previews = "https://shop.example.com", "https://*.preview.example.com"
    assert cli.run(["store", "origins", "HTTPS://shop.example.com/", previews]) == 0
    assert capsys.readouterr().out.strip().endswith(f"{shop}, {previews}")
    assert cli.run(["store", "origins", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["origins"] == [shop, previews]
    assert "shop.example.com/path" in refused(
        capsys, 1, "store", "origins", "https://shop.example.com/path"
    )
    refused(capsys, 2, "store", "origins", shop, "--any")
    assert cli.run(["store", "origins", "--none"]) == 0
    assert capsys.readouterr().out.strip().endswith("no browser")
    assert cli.run(["store", "origins", "--any"]) == 0
    assert capsys.readouterr().out.strip().endswith("any origin")


def test_the_time_zone_and_language_of_a_store_are_shown_and_set(
    books: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    store_id = installed(books)
    assert cli.run(["store", "locale"]) == 0
    assert "UTC, en" in capsys.readouterr().out
    assert cli.run(["store", "locale", "--timezone", "Europe/Istanbul"]) == 0
    assert cli.run(["store", "locale", "--language", "tr"]) == 0
    store = books.read(lambda conn: stores.store_by_id(conn, store_id))
    assert store is not None
    assert (store.timezone, store.language) == ("Europe/Istanbul", "tr")
    assert "Mars/Olympus" in refused(capsys, 1, "store", "locale", "--timezone", "Mars/Olympus")


def test_a_store_is_named_by_id_host_or_address(
    books: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = installed(books), installed(books)
    assert "say which one with --store" in refused(capsys, 1, "switch", "earning", "on")
    store = books.read(lambda conn: stores.store_by_id(conn, second))
    assert store is not None
    host = store.api_url.removeprefix("https://").removesuffix("/graphql/")
    for named in (str(first), host, store.api_url, store.api_url.rstrip("/")):
        assert cli.run(["switch", "earning", "on", "--store", named]) == 0
    assert cli.run(["switch", "earning", "on", "--store", "nobody.example"]) == 1


def test_roll_forward_of_an_empty_month(
    books: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(books)
    report = printed_json(capsys, "report", "roll-forward", "--month", "2027-01")
    assert (report["month"], report["rows"]) == ("2027-01", [])
    assert cli.run(["report", "roll-forward", "--month", "2027-01"]) == 0
    assert "Opening" in capsys.readouterr().out


def test_explaining_an_entry_that_does_not_exist(
    books: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(books)
    assert cli.run(["explain", "4711"]) == 1
    assert books.read(lambda conn: conn.execute(sa.select(table(Entry))).all()) == []


def test_secrets_are_rotated_so_that_the_old_one_may_go(
    books: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "https://secret.example/graphql/"
    sealed = TokenCipher([OLD]).seal(address, "the token")
    store = books.write(
        lambda conn: make_store(conn, saleor_api_url=address, token_encrypted=sealed)
    )
    monkeypatch.setenv("LOYALTY_SECRET_KEY", f"{NEW},{OLD}")
    assert cli.run(["secrets", "rotate"]) == 0
    told = capsys.readouterr().out
    assert "1 tokens and 0 secrets of stores are encrypted with the newest key." in told
    opened = books.read(lambda conn: token_of(conn, store.id, TokenCipher([NEW])))
    assert opened == "the token"


def test_a_store_is_exported_and_erased_only_after_it_left(
    books: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store_id = installed(books)
    file = tmp_path / "export.jsonl"
    assert cli.run(["store", "export", str(file)]) == 0
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert {row["table"] for row in rows} >= {"store", "channel", "program_draft"}
    assert cli.run(["store", "erase", "--store", str(store_id), "--yes"]) == 1
    books.write(
        lambda conn: stores.mark_uninstalled(
            conn, store_id, _app_id(conn, store_id), system_clock()
        )
    )
    assert cli.run(["store", "erase", "--store", str(store_id), "--yes"]) == 0
    assert "is erased" in capsys.readouterr().out


def _app_id(conn: sa.Connection, store_id: int) -> str:
    store = stores.store_by_id(conn, store_id)
    assert store is not None
    return store.app_id


def test_an_empty_inbox_is_replayed(books: Database, capsys: pytest.CaptureFixture[str]) -> None:
    installed(books)
    assert printed_json(capsys, "inbox", "replay") == {"replayed": []}
    assert cli.run(["inbox", "replay", "--since", "2027-01-01"]) == 0


def test_a_new_handler_is_written_without_any_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["new-handler", "CUSTOMER_UPDATED", str(tmp_path / "bonus")]) == 0
    assert "wrote" in capsys.readouterr().out
    assert list((tmp_path / "bonus").rglob("*.graphql"))
    said = refused(capsys, 2, "new-handler", "NO_SUCH_EVENT", str(tmp_path / "other"))
    assert "NO_SUCH_EVENT" in said
