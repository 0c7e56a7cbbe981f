"""A mail server in trouble, or a sender that dies: points go on, and every mail is sent later."""

import ssl
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows import send_messages
from saleor_loyalty_app.messages.channels.smtp import SmtpChannel
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.stores.problems import open_problems
from tests.mail_server import MailServer, mail_server, mail_server_in_trouble
from tests.message_stage import MessageStage, message_stage

PEOPLE = ("a@example.com", "b@example.com", "c@example.com")


class Died(BaseException):
    """The process ended here."""


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """What is sent does not depend on the database: one kind is enough."""
    opened = open_database(sqlite_url, pool_size=4)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=36_500))
        .sign(key, hashes.SHA256())
    )
    file: Path = tmp_path_factory.mktemp("certificate") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def smtp(mails: MailServer, security: str = "none") -> dict[str, Any]:
    return {"host": mails.host, "port": mails.port, "security": security}


def tell_all(stage: MessageStage) -> list[int]:
    members = [stage.member(address) for address in PEOPLE]
    for member in members:
        stage.tell(member, Kind.points_spent, {"points": 1})
    return members


def told(stage: MessageStage) -> list[tuple[str, str]]:
    """Key and text of the open problems."""
    found = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
    return [(problem.key, problem.message) for problem in found]


@pytest.mark.parametrize(
    ("trouble", "security", "why"),
    [
        ("silent", "none", "timeout"),
        ("silent", "tls", "timeout"),
        ("refuses", "none", "connect"),
        ("busy", "none", "connect"),
        ("hangs up", "none", "disconnected"),
        ("is no mail server", "none", "connect"),
        ("busy", "tls", "tls"),
    ],
)
def test_a_server_in_trouble_holds_up_no_points_and_each_mail_is_sent_once_later(
    database: Database,
    self_signed: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
    security: str,
    why: str,
) -> None:
    monkeypatch.setattr(SmtpChannel.__init__, "__kwdefaults__", {"timeout": 0.3})
    certificate = self_signed if (trouble, security) == ("busy", "tls") else None
    with (
        mail_server_in_trouble(trouble, certificate) as bad,
        message_stage(database, bad) as stage,
    ):
        stage.change_setup(smtp=smtp(bad, security))
        members = tell_all(stage)
        stage.send(2)
        assert {(line.state, line.attempts) for line in stage.log()} == {("waiting", 0)}
        assert why in {line.why for line in stage.log()}
        [(key, text)] = told(stage)
        assert key == "mail-failing"
        assert "Ayarlarda posta sunucusunu kontrol edin" in text
        stage.earn(members[0], 10)
        assert stage.balance(members[0]) == 10
        # A good server may take its time on a busy machine.
        monkeypatch.setattr(SmtpChannel.__init__, "__kwdefaults__", {"timeout": 20.0})
        with mail_server() as mails:
            stage.change_setup(smtp=smtp(mails))
            stage.wait(minutes=6)
            stage.send(2)
            assert sorted(mail["To"] for mail in mails.mails) == sorted(PEOPLE)
        assert told(stage) == []
        assert {line.state for line in stage.log()} == {"sent"}


def test_a_sender_that_dies_after_a_mail_was_taken_repeats_that_mail_alone_under_its_id(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[int] = []
    note = send_messages.note_sent

    def note_or_die(*given: Any, **more: Any) -> None:
        noted.append(1)
        if len(noted) == 2:
            raise Died
        note(*given, **more)

    with mail_server() as mails, message_stage(database, mails) as stage:
        tell_all(stage)
        monkeypatch.setattr(send_messages, "note_sent", note_or_die)
        with pytest.raises(Died):
            stage.send()
        assert len(mails.mails) == 2
        stage.wait(minutes=30)
        stage.send(2)
        assert Counter(mail["To"] for mail in mails.mails).total() == len(PEOPLE) + 1
        assert len({mail["Message-ID"] for mail in mails.mails}) == len(PEOPLE)
        assert {line.state for line in stage.log()} == {"sent"}
