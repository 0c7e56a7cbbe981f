"""The box takes mail as servers do, and keeps what people would read."""

import asyncio
import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage

import httpx
import pytest
from starlette.applications import Starlette

from sandbox.mail.mailbox import MOST, Mailbox
from sandbox.mail.routes import mail_routes
from sandbox.mail.smtp import MailServer
from tests.ports import free_port

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)


def _mail(subject: str = "Puanlarınız") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = "Shop <points@shop.example>"
    mail["To"] = "ayse@example.com"
    mail["List-Unsubscribe"] = "<http://localhost:8000/unsubscribe/x>"
    mail.set_content("Merhaba Ayşe,\n.tek nokta ile başlayan satır\n")
    mail.add_alternative("<p>Merhaba <b>Ayşe</b></p>", subtype="html")
    return mail


def _send(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="test") as client:
        client.send_message(_mail())
        with pytest.raises(smtplib.SMTPResponseException):
            client.data(b"nobody was named")


def test_a_mail_arrives_as_it_was_sent() -> None:
    mailbox = Mailbox()

    async def talk() -> None:
        port = free_port()
        server = MailServer(port, lambda content, to: mailbox.take_mail(content, to, NOW))
        await server.start()
        await asyncio.to_thread(_send, port)
        await server.stop()

    asyncio.run(talk())
    [arrived] = mailbox.everything()
    assert (arrived["subject"], arrived["to"]) == ("Puanlarınız", "ayse@example.com")
    assert ".tek nokta ile başlayan satır" in arrived["text"]
    assert "<b>Ayşe</b>" in arrived["html"]
    assert arrived["unsubscribe"] == "http://localhost:8000/unsubscribe/x"


def test_text_messages_arrive_by_a_gateway_and_the_newest_stay() -> None:
    mailbox = Mailbox()
    app = Starlette(routes=mail_routes(mailbox, lambda: NOW))

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://box") as client:
            bodies: list[object] = [{"to": "+905321234567", "message": "Selam"}, {"to": 5}, []]
            answers = [await client.post("/sms", json=body) for body in bodies]
            return [*answers, await client.post("/sms", content=b"\xff")]

    assert [answer.status_code for answer in asyncio.run(ask())] == [200, 400, 400, 400]
    assert [one["text"] for one in mailbox.everything()] == ["Selam"]
    for number in range(MOST + 5):
        mailbox.take_text("+1", str(number), NOW)
    assert len(mailbox.everything()) == MOST
