"""The settings of the messages are changed: checked against the network's rules, secrets apart."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.outbound import Outbound
from saleor_loyalty_app.messages import deliveries, mirror_rows
from saleor_loyalty_app.messages.addresses import checked_url
from saleor_loyalty_app.messages.errors import GatewayInvalid
from saleor_loyalty_app.messages.setup import (
    PHONE_MARK,
    SECRET_MARK,
    SMS_SECRET,
    SMTP_PASSWORD,
    TEXT_MARK,
    MailSetup,
    SmsGateway,
    Stored,
    setup_of,
    store_setup,
)
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.kept_secrets import forget_secret, keep_secret
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class Secrets:
    """Secrets that come with a change; None = as it was, "" = there is none any more."""

    smtp_password: str | None = None
    sms_secret: str | None = None


def change_mail(
    conn: Connection,
    store: StoreRef,
    setup: MailSetup,
    secrets: Secrets,
    outbound: Outbound,
    *,
    version: int,
    actor: str,
    now: datetime,
) -> Stored:
    """Replaces the settings that were read as `version`; what waits for a server is tried at once.

    A password belongs to its server: for another host it has to be given again.

    Raises:
        SettingsChanged: somebody else was faster.
        AddressForbidden, GatewayInvalid: a server may not be called, or cannot be.
    """
    if setup.smtp is not None:
        outbound.check_server(setup.smtp)
    if setup.sms is not None:
        check_gateway(setup.sms, outbound)
    before = setup_of(conn, store.id)
    stored = store_setup(conn, store.id, setup, version=version, now=now)
    password, secret = secrets.smtp_password, secrets.sms_secret
    if password is None and _host(before.setup) != _host(setup):
        password = ""
    if secret is None and _gateway(before.setup) != _gateway(setup):
        secret = ""
    _keep(conn, store, SMTP_PASSWORD, password, outbound, now)
    _keep(conn, store, SMS_SECRET, secret, outbound, now)
    for channel in ("email", "sms"):
        deliveries.hurry(conn, store.id, channel, now)
    if before.setup.mirror != setup.mirror:
        mirror_rows.mark_all(conn, store.id, now)
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind="message_settings_changed",
        subject="store",
        before={"changed": _changed(before.setup, setup)},
        after={"password": password is not None, "sms_secret": secret is not None},
        now=now,
    )
    return stored


def check_gateway(gateway: SmsGateway, outbound: Outbound) -> None:
    """Whether a gateway can be called as it is described.

    Raises:
        AddressForbidden: it may not be called.
        GatewayInvalid: neither number nor text would reach it, or its body is no JSON.
    """
    authority = gateway.url.partition("://")[2].partition("/")[0]
    if any(mark in authority for mark in (PHONE_MARK, TEXT_MARK, SECRET_MARK)):
        raise GatewayInvalid(problem="host")
    filled = gateway.url
    for mark in (PHONE_MARK, TEXT_MARK, SECRET_MARK):
        filled = filled.replace(mark, "x")
    checked_url(filled, outbound.allow)
    sent = gateway.url if gateway.method == "GET" else gateway.url + gateway.body
    for mark in (PHONE_MARK, TEXT_MARK):
        if mark not in sent:
            raise GatewayInvalid(problem=mark)
    if gateway.method == "POST" and gateway.body_type == "json":
        try:
            json.loads(gateway.body)
        except (ValueError, RecursionError):
            raise GatewayInvalid(problem="json") from None


def _keep(
    conn: Connection,
    store: StoreRef,
    name: str,
    text: str | None,
    outbound: Outbound,
    now: datetime,
) -> None:
    if text is None:
        return
    if text:
        keep_secret(conn, store.id, name, text, cipher=outbound.cipher, now=now)
    else:
        forget_secret(conn, store.id, name)


def _host(setup: MailSetup) -> tuple[str, int, str] | None:
    smtp = setup.smtp
    return None if smtp is None else (smtp.host, smtp.port, smtp.username)


def _gateway(setup: MailSetup) -> str | None:
    """Scheme and host of the gateway."""
    return None if setup.sms is None else "/".join(setup.sms.url.split("/", 3)[:3])


def _changed(before: MailSetup, after: MailSetup) -> list[str]:
    """Names of the parts that changed, without what is in them: addresses are personal data."""
    return [
        name for name in MailSetup.model_fields if getattr(before, name) != getattr(after, name)
    ]
