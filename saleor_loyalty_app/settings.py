"""What the operator decides: LOYALTY_* variables, read once and checked before anything starts."""

import difflib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from saleor_loyalty_app.limiting.rates import rate_of
from saleor_loyalty_app.setting_values import (
    LOCAL_HOSTS,
    MailServer,
    database_address,
    host_name,
    page_address,
    weakness,
)

PREFIX = "LOYALTY_"


class Environment(StrEnum):
    """Where the app runs; `demo` and `test` allow what production refuses."""

    production = "production"
    demo = "demo"
    test = "test"


class SettingsInvalid(Exception):
    """The settings are missing or wrong; `problems` has one sentence for each variable."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """All settings. A field `x` is read from the variable LOYALTY_X."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    environment: Environment = Field(
        default=Environment.production,
        description="production, demo or test. Production refuses weak secrets, plain http and a "
        "movable clock.",
    )
    database_url: str = Field(
        default="sqlite:///var/loyalty.sqlite3",
        description="sqlite:///path/to/file (one process) or postgresql://user:password@host/name "
        "(any number of processes).",
    )
    secret_key: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        description="Encrypts the tokens of the stores and keys the hashes of guests: at least 32 "
        "random characters. To rotate, put the new one before the old ones with a comma and run "
        "`saleor-loyalty secrets rotate`.",
    )
    app_url: str = Field(
        description="Where Saleor's servers reach this app, without a slash at the end.",
        examples=["https://loyalty.example.com"],
    )
    iframe_url: str = Field(
        default="",
        description="Where the browsers of staff reach this app; LOYALTY_APP_URL unless set.",
    )
    allowed_stores: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Hosts of the Saleor APIs that may install the app, with commas: "
        "shop.example.com, api.example.com:8443, *.saleor.cloud. Nobody may while it is empty "
        "(demo and test: localhost).",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="json (one object a line) or console (for people)."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="If set, /metrics and the details of /ready ask for it as a bearer token.",
    )
    clock_file: Path | None = Field(
        default=None,
        description="File with the seconds by which the clock is moved; demo and test only.",
    )
    sqlite_synchronous: Literal["FULL", "NORMAL"] = Field(
        default="FULL",
        description="FULL keeps every answered webhook through a loss of power; NORMAL is faster.",
    )
    database_pool_size: int = Field(
        default=8,
        ge=2,
        le=100,
        description="Connections of one process for its own work (PostgreSQL) or readers (SQLite).",
    )
    job_pool_size: int = Field(
        default=4,
        ge=2,
        le=100,
        description="Further connections of one process for the job engine.",
    )
    job_concurrency: int = Field(
        default=64, ge=1, le=1000, description="Jobs that one process runs at the same time."
    )
    saleor_timeout_seconds: int = Field(
        default=5, ge=1, le=60, description="How long one request to Saleor may take."
    )
    saleor_threads: int = Field(
        default=8, ge=1, le=100, description="Requests to Saleor that one process makes at once."
    )
    checkout_threads: int = Field(
        default=16,
        ge=1,
        le=200,
        description="Requests of shoppers to Saleor (reading a checkout, spending points) that one "
        "process makes at once; five times as many wait, further ones are answered 503.",
    )
    spending_limit: str = Field(
        default="10/minute",
        description="How often one shopper may spend points, and, counted apart, give it up; off = "
        "no limit. All processes count together (PostgreSQL).",
    )
    reading_limit: str = Field(
        default="300/minute", description="How often one signed-in shopper may read."
    )
    public_limit: str = Field(
        default="300/minute",
        description="How often one address may read without a token. The address is that of the "
        "connection, or what a proxy named by `serve --proxies` says. Raise it where the server "
        "of a storefront asks for all of its visitors.",
    )
    session_limit: str = Field(
        default="30/minute",
        description="How often one shopper may be given a loyalty token.",
    )
    estimate_limit: str = Field(
        default="120/minute",
        description="How often one address may ask what a cart would earn, at each store.",
    )
    sign_in_limit: str = Field(
        default="5/15 minutes",
        description="How often one e-mail address, and one network address at each store, may ask "
        "for a link to the rewards page.",
    )
    staff_limit: str = Field(
        default="60/minute",
        description="How often one staff member may spend for customers and decide cases.",
    )
    partner_limit: str = Field(
        default="600/minute",
        description="How often requests may be made with one API key.",
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="The mail server for stores that name none of their own: "
        "smtp://user:password@mail.example.com:587 (STARTTLS), smtps://…:465 (TLS), or "
        "smtp+plain://localhost:1025 (without TLS, for a server on the same machine or network).",
    )
    mail_from: str = Field(
        default="",
        description="The address that mails through LOYALTY_SMTP_URL are sent from.",
        examples=["points@example.com"],
    )
    private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Machines of your own network, with commas, at which stores may have mail "
        "servers, SMS gateways and webhooks: mail.internal, 10.0.0.5. All others must be public "
        "and use TLS (demo and test: localhost).",
        examples=["mail.internal,10.0.0.5"],
    )
    inbox_days: int = Field(
        default=14, ge=1, le=365, description="Days that bodies of webhooks are kept."
    )
    dead_letter_days: int = Field(
        default=30, ge=1, le=365, description="Days that webhooks nobody understood are kept."
    )
    job_days: int = Field(default=7, ge=1, le=365, description="Days that finished jobs are kept.")
    uninstalled_days: int = Field(
        default=180,
        ge=0,
        le=3650,
        description="Days after which the personal data of a store that uninstalled the app goes.",
    )

    @field_validator("secret_key", "allowed_stores", "private_hosts", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator(
        "spending_limit",
        "reading_limit",
        "public_limit",
        "session_limit",
        "estimate_limit",
        "sign_in_limit",
        "staff_limit",
        "partner_limit",
    )
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        rate_of(value)
        return value

    @field_validator("secret_key")
    @classmethod
    def _has_a_key(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not value:
            raise ValueError("at least one key is needed")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        return database_address(value)

    @field_validator("app_url", "iframe_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        return page_address(value) if value else value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            MailServer.of(value.get_secret_value())
        return value

    @field_validator("allowed_stores", "private_hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(host_name(host) for host in value)

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.environment is not Environment.production:
            return self
        problems = [
            *(
                ("secret_key", problem)
                for key in self.secret_key
                if (problem := weakness(key.get_secret_value()))
            ),
            *(
                (name, "must begin with https:// in production")
                for name in ("app_url", "iframe_url")
                if getattr(self, name).startswith("http://")
            ),
        ]
        if self.smtp_url.get_secret_value() and "@" not in self.mail_from:
            problems.append(("mail_from", "must be the address that mails are sent from"))
        if self.clock_file is not None:
            problems.append(("clock_file", "moves the clock, which production refuses"))
        if problems:
            raise ValueError("\n".join(f"{PREFIX}{name.upper()} {text}" for name, text in problems))
        return self

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secret keys in plain text, newest first."""
        return tuple(key.get_secret_value() for key in self.secret_key)

    @property
    def browser_url(self) -> str:
        """Where browsers reach the app."""
        return self.iframe_url or self.app_url

    @property
    def store_hosts(self) -> tuple[str, ...]:
        """The hosts that may install the app; outside production localhost where none is named."""
        if self.allowed_stores or self.environment is Environment.production:
            return self.allowed_stores
        return tuple(sorted(LOCAL_HOSTS))

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """Where stores may have servers in one's own network; outside production localhost."""
        if self.private_hosts or self.environment is Environment.production:
            return self.private_hosts
        return tuple(sorted(LOCAL_HOSTS))

    @property
    def mail_server(self) -> MailServer | None:
        """The operator's mail server, if there is one."""
        url = self.smtp_url.get_secret_value()
        return MailServer.of(url) if url else None

    @property
    def is_sqlite(self) -> bool:
        """Whether the books are in a SQLite file, so that one process serves and works."""
        return self.database_url.startswith("sqlite")


def load_settings(**overrides: Any) -> Settings:
    """Reads the settings from the environment and a `.env` file; `overrides` win.

    Raises:
        SettingsInvalid: with one sentence for each variable that is missing or wrong.
    """
    try:
        return Settings(**overrides)
    except ValidationError as failure:
        raise SettingsInvalid(_sentences(failure)) from None


def _sentences(failure: ValidationError) -> tuple[str, ...]:
    sentences: list[str] = []
    for error in failure.errors(include_url=False, include_input=False):
        text = error["msg"].removeprefix("Value error, ")
        if not error["loc"]:
            sentences.extend(text.split("\n"))
            continue
        name = PREFIX + str(error["loc"][0]).upper()
        if error["type"] == "missing":
            sentences.append(f"{name} is not set: {_description(str(error['loc'][0]))}")
        else:
            sentences.append(f"{name}: {text}")
    return tuple(sentences)


def _description(field: str) -> str:
    return Settings.model_fields[field].description or ""


def unknown_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The LOYALTY_* variables that no setting reads, each with the name that was probably meant.

    They are told but do not stop the app, as orchestrators add variables of their own.
    """
    known = [name.upper() for name in Settings.model_fields]
    unknown: dict[str, str] = {}
    for name in sorted(environ):
        bare = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and bare not in known:
            meant = difflib.get_close_matches(bare, known, n=1)
            unknown[name] = PREFIX + meant[0] if meant else ""
    return unknown
