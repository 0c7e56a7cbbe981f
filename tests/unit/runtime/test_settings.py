"""Settings: read from LOYALTY_*, wrong ones refused by name, production refuses what is weak."""

import re
from pathlib import Path

import pytest

from saleor_loyalty_app.settings import (
    Environment,
    Settings,
    SettingsInvalid,
    load_settings,
    unknown_variables,
)

ROOT = Path(__file__).parents[3]
SECRET = "Vf3kq0ZtT9uXoW2sLr7yJm5nBc8dEa1hGp4i"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No LOYALTY_* variable and no .env file."""
    for name in list(Settings.model_fields):
        monkeypatch.delenv(f"LOYALTY_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def set_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOYALTY_SECRET_KEY", SECRET)
    monkeypatch.setenv("LOYALTY_APP_URL", "https://loyalty.example.com")


def problems(**overrides: object) -> tuple[str, ...]:
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(**overrides)
    return refused.value.problems


def test_what_is_needed_is_named_with_what_it_is_for() -> None:
    told = problems()
    assert len(told) == 2
    assert told[0].startswith("LOYALTY_SECRET_KEY is not set: Encrypts the tokens of the stores")
    assert told[1].startswith("LOYALTY_APP_URL is not set: Where Saleor's servers reach this app")


@pytest.mark.usefixtures("set_variables")
def test_two_variables_are_enough() -> None:
    settings = load_settings()
    assert settings.environment is Environment.production
    assert settings.is_sqlite
    assert settings.secrets == (SECRET,)
    assert settings.browser_url == "https://loyalty.example.com"
    assert settings.store_hosts == ()


@pytest.mark.usefixtures("set_variables")
def test_lists_are_split_at_commas_and_hosts_are_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOYALTY_SECRET_KEY", f"{SECRET}, old{SECRET}")
    monkeypatch.setenv("LOYALTY_ALLOWED_STORES", "Shop.Example.com, *.saleor.cloud,")
    settings = load_settings()
    assert settings.secrets == (SECRET, f"old{SECRET}")
    assert settings.allowed_stores == ("shop.example.com", "*.saleor.cloud")


@pytest.mark.usefixtures("set_variables")
def test_an_env_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("LOYALTY_LOG_LEVEL=DEBUG\nLOYALTY_INBOX_DAYS=3\n")
    monkeypatch.setenv("LOYALTY_INBOX_DAYS", "5")
    settings = load_settings()
    assert (settings.log_level, settings.inbox_days) == ("DEBUG", 5)


@pytest.mark.usefixtures("set_variables")
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("app_url", "loyalty.example.com", "LOYALTY_APP_URL: must be an address such as"),
        ("app_url", "https://x.example/?a=1", "LOYALTY_APP_URL: may have no query"),
        ("app_url", "https://me@x.example", "LOYALTY_APP_URL: may have no query, fragment or user"),
        ("app_url", "http://x.example", "LOYALTY_APP_URL must begin with https://"),
        ("iframe_url", "http://x.example", "LOYALTY_IFRAME_URL must begin with https://"),
        ("secret_key", "short", "LOYALTY_SECRET_KEY has 5 characters where production needs"),
        ("secret_key", "a" * 40, "LOYALTY_SECRET_KEY repeats too few characters"),
        ("secret_key", f"change-me-{SECRET}", "LOYALTY_SECRET_KEY is an example"),
        ("secret_key", " , ", "LOYALTY_SECRET_KEY: at least one key is needed"),
        ("clock_file", "clock", "LOYALTY_CLOCK_FILE moves the clock"),
        ("database_url", "mysql://host/name", "LOYALTY_DATABASE_URL: must begin with sqlite"),
        ("database_url", "sqlite://", "LOYALTY_DATABASE_URL: SQLite needs a file"),
        ("database_url", "sqlite:///:memory:", "LOYALTY_DATABASE_URL: SQLite needs a file"),
        ("database_url", "postgresql://host", "LOYALTY_DATABASE_URL: names no database"),
        ("database_url", "books", "LOYALTY_DATABASE_URL: is not the address of a database"),
        ("allowed_stores", "https://shop.example.com", "is not a host: write shop.example.com"),
        ("allowed_stores", "shop.example.com/graphql/", "is not a host"),
        ("allowed_stores", "shop.example.com:99999", "is not a host"),
        ("allowed_stores", "*.com", "would let in everybody of a top-level domain"),
        ("allowed_stores", "*", "is not a host"),
        ("allowed_stores", ".*", "is not a host"),
        ("log_level", "LOUD", "LOYALTY_LOG_LEVEL: Input should be 'DEBUG'"),
        ("database_pool_size", "many", "LOYALTY_DATABASE_POOL_SIZE: Input should be a valid int"),
        ("inbox_days", "0", "LOYALTY_INBOX_DAYS: Input should be greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_by_name(
    monkeypatch: pytest.MonkeyPatch, field: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"LOYALTY_{field.upper()}", value)
    found = problems()
    assert len(found) == 1
    assert told in found[0]


@pytest.mark.usefixtures("set_variables")
def test_a_secret_never_stands_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOYALTY_SECRET_KEY", "hunter2")
    monkeypatch.setenv("LOYALTY_DATABASE_URL", "mysql://me:hunter2@host/name")
    assert "hunter2" not in " ".join(problems())
    assert "hunter2" not in repr(load_settings(environment="test", database_url="sqlite:///x"))


def test_demo_and_test_allow_what_production_refuses() -> None:
    settings = load_settings(
        environment="demo", secret_key="short", app_url="http://localhost:8000/", clock_file="clock"
    )
    assert settings.app_url == "http://localhost:8000"
    assert "localhost" in settings.store_hosts
    assert settings.clock_file == Path("clock")


@pytest.mark.usefixtures("set_variables")
def test_any_spelling_of_postgresql_gets_the_driver_that_is_installed() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg2"):
        settings = load_settings(database_url=f"{scheme}://me:pass@host/books")
        assert settings.database_url == "postgresql+psycopg://me:pass@host/books"
        assert not settings.is_sqlite


@pytest.mark.usefixtures("set_variables")
@pytest.mark.parametrize("host", ["::1", "10.0.0.5", "localhost", "saleor:8000", "a.b-c.example"])
def test_hosts_may_be_names_and_addresses(host: str) -> None:
    assert load_settings(allowed_stores=host).allowed_stores == (host,)


def test_a_variable_that_no_setting_reads_is_told_with_the_one_that_was_meant() -> None:
    environ = {"LOYALTY_DATABASE_ULR": "x", "LOYALTY_APP_URL": "y", "PATH": "z", "LOYALTY_QQ": ""}
    assert unknown_variables(environ) == {
        "LOYALTY_DATABASE_ULR": "LOYALTY_DATABASE_URL",
        "LOYALTY_QQ": "",
    }


def test_the_example_file_names_every_setting_with_its_meaning_and_default() -> None:
    text = (ROOT / ".env.example").read_text()
    flowing = " ".join(text.replace("#", " ").split())
    for name, field in Settings.model_fields.items():
        assert f"LOYALTY_{name.upper()}=" in text, name
        assert " ".join((field.description or "").split()) in flowing, name
    named = set(re.findall(r"^#? ?(LOYALTY_\w+)=", text, re.MULTILINE))
    assert named == {f"LOYALTY_{name.upper()}" for name in Settings.model_fields}


def test_the_example_file_starts_the_app_once_the_secret_is_made(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(text)
    told = problems()
    assert len(told) == 1
    assert "LOYALTY_SECRET_KEY is an example" in told[0]
    (tmp_path / ".env").write_text(
        "\n".join(
            f"LOYALTY_SECRET_KEY={SECRET}" if line.startswith("LOYALTY_SECRET_KEY=") else line
            for line in text.splitlines()
        )
    )
    defaults = load_settings()
    for name, field in Settings.model_fields.items():
        if not field.is_required() and name != "allowed_stores":
            assert getattr(defaults, name) == field.default, name


@pytest.mark.usefixtures("set_variables")
def test_a_list_of_stores_is_the_whole_list_also_outside_production() -> None:
    assert "localhost" in load_settings(environment="test").store_hosts
    named = load_settings(environment="test", allowed_stores="shop.example")
    assert named.store_hosts == ("shop.example",)


@pytest.mark.usefixtures("set_variables")
@pytest.mark.parametrize("name", ["spending", "reading", "public", "staff"])
def test_a_limit_that_is_none_is_told_by_its_name(name: str) -> None:
    assert getattr(load_settings(**{f"{name}_limit": "off"}), f"{name}_limit") == "off"
    for wrong in ("ten", "10", "0/minute", "1/year"):
        [told] = problems(**{f"{name}_limit": wrong})
        assert told.startswith(f"LOYALTY_{name.upper()}_LIMIT: must ")
