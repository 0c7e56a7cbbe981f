"""When messages go, where they may go, and what proves where they come from. All pure."""

import base64
import hashlib
import hmac
import json
import smtplib
import ssl
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.messages import timing
from saleor_loyalty_app.messages.addresses import checked_url, is_mail_address
from saleor_loyalty_app.messages.channels.port import Scope, TextMessage
from saleor_loyalty_app.messages.channels.sms_http import request_of
from saleor_loyalty_app.messages.channels.smtp import conclusion
from saleor_loyalty_app.messages.consent_register import deadline_of
from saleor_loyalty_app.messages.errors import AddressForbidden, LinkInvalid
from saleor_loyalty_app.messages.setup import MailSetup, SmsGateway
from saleor_loyalty_app.messages.standard_webhooks import new_secret, signed_headers
from saleor_loyalty_app.messages.unsubscribe import Goodbye, goodbye_of, token_of
from saleor_loyalty_app.saleor.allow_list import AllowList

ISTANBUL = ZoneInfo("Europe/Istanbul")
NOBODY, OWN = AllowList.of([]), AllowList.of(["mail.internal", "10.0.0.5"])


def at(hour: int, minute: int = 0, day: int = 4) -> datetime:
    """A time in Istanbul, as UTC."""
    return datetime(2027, 1, day, hour, minute, tzinfo=ISTANBUL).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(20, 59), None),
        (at(21), at(9, day=5)),
        (at(23, 30), at(9, day=5)),
        (at(3), at(9)),
        (at(8, 59), at(9)),
        (at(9), None),
    ],
)
def test_quiet_hours_reach_over_midnight_in_the_stores_zone(
    now: datetime, until: datetime | None
) -> None:
    assert timing.end_of_quiet(now, time(21), time(9), ISTANBUL) == until


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    assert timing.end_of_quiet(at(13), time(12), time(14), ISTANBUL) == at(14)
    assert timing.end_of_quiet(at(14), time(12), time(14), ISTANBUL) is None
    assert timing.end_of_quiet(at(3), time(9), time(9), ISTANBUL) is None


def test_quiet_hours_end_by_the_clock_of_the_day_on_which_it_changes() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = datetime(2027, 3, 27, 23, tzinfo=berlin).astimezone(UTC)
    until = timing.end_of_quiet(night, time(21), time(9), berlin)
    assert until == datetime(2027, 3, 28, 7, tzinfo=UTC)


def test_the_weekly_cap_frees_a_place_seven_days_after_the_offer_that_took_it() -> None:
    sent = [at(10, day=1), at(10, day=3)]
    assert timing.room_in_week(sent, 3, at(10, day=4)) is None
    assert timing.room_in_week(sent, 2, at(10, day=4)) == at(10, day=8)
    assert timing.room_in_week(sent, 1, at(10, day=4)) == at(10, day=10)
    assert timing.room_in_week(sent, 1, at(11, day=10)) is None


def test_pauses_grow_and_webhooks_are_given_up_after_three_days() -> None:
    pauses = [timing.next_try(number) for number in range(1, 12)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=12)
    assert timing.next_try(1, spread=1) == timedelta(seconds=66)
    all_of_them = [timing.next_webhook_try(number) for number in range(1, 11)]
    assert all_of_them[-1] is None
    total = sum((pause for pause in all_of_them if pause), timedelta())
    assert timedelta(days=3) < total < timedelta(days=4)


def test_signatures_are_those_of_standard_webhooks() -> None:
    secret, body = new_secret(), '{"type":"points.earned"}'
    headers = signed_headers(secret, "msg_1", body, datetime(2027, 1, 1, tzinfo=UTC))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"msg_1.{headers['webhook-timestamp']}.{body}".encode()
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1798761600",
        "webhook-signature": f"v1,{expected}",
    }
    assert len(key) == 32


def test_the_published_example_of_the_scheme_verifies() -> None:
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        '{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_link_says_whose_offers_end_and_cannot_be_made_up() -> None:
    goodbye = Goodbye(3, 41, Channel.email)
    token = token_of(goodbye, ("new secret", "old secret"))
    assert goodbye_of(token, ("newer", "new secret")) == goodbye
    for forged in (token[:-2], token[::-1], "", "x" * 400, token_of(goodbye, ("other",))):
        with pytest.raises(LinkInvalid):
            goodbye_of(forged, ("new secret",))


@pytest.mark.parametrize(
    ("given", "until"),
    [
        (at(10, day=4), (2027, 1, 7)),  # a Monday
        (at(23, day=7), (2027, 1, 12)),  # a Thursday, over the weekend
        (at(10, day=8), (2027, 1, 13)),
        (at(10, day=9), (2027, 1, 13)),
    ],
)
def test_consents_are_reported_within_three_business_days(
    given: datetime, until: tuple[int, int, int]
) -> None:
    expected = datetime(*until, 23, 59, 59, tzinfo=ISTANBUL).astimezone(UTC)
    assert deadline_of(given) == expected


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("ayse@example.com", True),
        ("ayşe@çiçek.example", True),
        ("a.b+c@sub.example.co", True),
        ("two@at@example.com", False),
        ("Ayşe <a@example.com>", False),
        ("a@example.com\r\nBcc: b@example.com", False),
        (".a@example.com", False),
        ("a@-bad.example", False),
        ("a@", False),
        ("a" * 65 + "@example.com", False),
    ],
)
def test_only_one_plain_address_is_written_to(text: str, good: bool) -> None:
    assert is_mail_address(text) is good


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/hook",
        "https://10.0.0.9/hook",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://user:password@partner.example/",
        "https://partner.example/#part",
        "file:///etc/passwd",
        "gopher://partner.example",
        "https://",
        "https://a b.example/",
        "https://partner.example\\@10.0.0.1/",
        "https://partner.example:99999/",
        "https://" + "a" * 2000,
    ],
)
def test_what_leads_elsewhere_may_not_be_called(url: str) -> None:
    with pytest.raises(AddressForbidden):
        checked_url(url, NOBODY)


def test_public_addresses_with_tls_and_listed_machines_may_be_called() -> None:
    assert checked_url(" https://partner.example/hook?x=1 ", NOBODY)
    assert checked_url("http://mail.internal:8080/hook", OWN)
    assert checked_url("http://10.0.0.5/hook", OWN)
    with pytest.raises(AddressForbidden):
        checked_url("http://10.0.0.6/hook", OWN)


@pytest.mark.parametrize(
    ("failure", "scope", "why"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"5.1.1 unknown")}), Scope.address,
         "unknown_address"),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")}), Scope.address,
         "unknown_address"),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"5.7.1 blocked")}), Scope.message, "refused"),
        (smtplib.SMTPRecipientsRefused({"a": (552, b"5.2.2 full")}), Scope.message, "refused"),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"greylisted")}), Scope.later, "busy"),
        (smtplib.SMTPSenderRefused(553, b"not yours", "s"), Scope.server, "sender"),
        (smtplib.SMTPSenderRefused(451, b"later", "s"), Scope.later, "busy"),
        (smtplib.SMTPAuthenticationError(535, b"no"), Scope.server, "sign_in"),
        (smtplib.SMTPDataError(554, b"spam"), Scope.message, "refused"),
        (smtplib.SMTPDataError(451, b"later"), Scope.later, "busy"),
        (smtplib.SMTPServerDisconnected("gone"), Scope.later, "disconnected"),
        (smtplib.SMTPNotSupportedError("SMTPUTF8 not supported"), Scope.message,
         "address_unsupported"),
        (smtplib.SMTPNotSupportedError("STARTTLS"), Scope.server, "not_supported"),
        (ssl.SSLCertVerificationError("bad"), Scope.server, "tls"),
        (TimeoutError(), Scope.server, "timeout"),
        (ConnectionRefusedError(), Scope.server, "connect"),
    ],
)  # fmt: skip
def test_what_a_mail_server_says_has_one_meaning(
    failure: Exception, scope: Scope, why: str
) -> None:
    found = conclusion(failure)
    assert (found.scope, found.why) == (scope, why)


SMS = TextMessage("ref-1", "+905321234567", 'Ödül "5", {secret} & {phone}')


def test_a_gateway_gets_its_template_filled_in_once_and_in_its_own_writing() -> None:
    gateway = SmsGateway(
        url="https://sms.example/send?to={phone}",
        body='{"messages": [{"to": "{phone}", "text": "{text}"}], "key": "{secret}"}',
        authorization="Bearer {secret}",
    )
    request = request_of(gateway, "s3cret&", SMS)
    assert request.url == "https://sms.example/send?to=%2B905321234567"
    assert request.headers["Authorization"] == "Bearer s3cret&"
    assert request.headers["Idempotency-Key"] == "ref-1"
    assert request.content is not None
    body: dict[str, Any] = json.loads(request.content)
    assert body["messages"][0]["text"] == SMS.text
    assert body["key"] == "s3cret&"


def test_a_gateway_that_takes_a_form_or_a_query_gets_one() -> None:
    form = SmsGateway(
        url="https://sms.example/send", body_type="form", body="to={phone}&msg={text}&key={secret}"
    )
    content = request_of(form, "a&b", SMS).content
    assert content is not None
    assert b"to=%2B905321234567" in content
    assert content.endswith(b"&key=a%26b")
    query = SmsGateway(url="https://sms.example/?t={text}&n={phone}&k={secret}", method="GET")
    request = request_of(query, "a&b", SMS)
    assert request.content is None
    assert request.url.endswith("&n=%2B905321234567&k=a%26b")


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": {"address": "a@b@c"}},
        {"sender": {"name": "Shop\r\nBcc: x@example.com"}},
        {"smtp": {"host": "mail.example.com/x"}},
        {"smtp": {"host": "mail.example.com", "port": 0}},
        {"footer": {"mersis": "123"}},
        {"look": {"color": "red"}},
        {"look": {"logo_url": "javascript:alert(1)"}},
        {"switched_off": ["points_expiring"]},
        {"switched_off": ["nothing"]},
        {"quiet_hours": {"begin": "25:00"}},
        {"weekly_cap": 0},
        {"unknown": 1},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MailSetup.model_validate(wrong)
