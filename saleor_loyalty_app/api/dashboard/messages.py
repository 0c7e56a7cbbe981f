"""How the store writes to its members: `/api/dashboard/v1/messages`."""

from typing import Annotated, Final, Literal

from fastapi import Path, Query
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.activity_inbox import next_of
from saleor_loyalty_app.api.dashboard.activity_schemas import After, First
from saleor_loyalty_app.api.dashboard.messages_schemas import (
    Announced,
    AnnouncementInput,
    LanguageTag,
    MessageKind,
    MessageKinds,
    MessageSettings,
    MessageSettingsInput,
    MessageText,
    MessageTextInput,
    Preview,
    PreviewInput,
    Repeated,
    SecretAge,
    SentMessage,
    SentMessages,
    TestMailInput,
    TestMailSent,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, TO_SET_UP, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.opaque import delivery_number, number_after
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.announce import announce
from saleor_loyalty_app.flows.change_mail import Secrets, change_mail
from saleor_loyalty_app.flows.message_context import shop_name
from saleor_loyalty_app.flows.outbound import Outbound
from saleor_loyalty_app.flows.preview_message import place_of_test, preview, send_test
from saleor_loyalty_app.messages import consent_register, deliveries, texts
from saleor_loyalty_app.messages.channels.smtp import SmtpPlace
from saleor_loyalty_app.messages.errors import DeliveryUnknown, MailNotSetUp
from saleor_loyalty_app.messages.kinds import KINDS, Kind
from saleor_loyalty_app.messages.rendering import Rendered
from saleor_loyalty_app.messages.setup import setup_of
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.errors import TokenUnreadable
from saleor_loyalty_app.stores.kept_secrets import secret_ages
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/messages")
_CHANGING: Final[tuple[Refusal, ...]] = (
    (400, "request_unreadable", {}),
    (409, "message_settings_changed", {}),
    (422, "request_invalid", {"fields": []}),
)
_TEXT: Refusal = (422, "message_text_invalid", {"problems": [], "words": "body: syntax 1"})
SentBy = Literal["store", "operator", "nobody"]
KindOf = Annotated[Kind, Path(description="The kind of message.")]
LanguageOf = Annotated[LanguageTag, Path(description="Language of the text, such as tr.")]


@router.get("/settings", responses=documented(*OF_STAFF))
async def read_message_settings(faces: FacesOf, staff: StaffOf) -> MessageSettings:
    """The settings, without secrets."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def read(conn: Connection) -> MessageSettings:
        store = still_active(conn, staff.store)
        stored = setup_of(conn, store.id)
        waiting, _ = deliveries.backlog(conn, store.id, now)
        reporting = consent_register.unreported(conn, store.id)
        return MessageSettings(
            version=stored.version,
            settings=stored.setup,
            sent_by=_sent_by(conn, store, faces.outbound),
            secrets=[
                SecretAge(name=name, since=since) for name, since in secret_ages(conn, store.id)
            ],
            waiting=waiting,
            unreported_consents=reporting.count,
            report_until=reporting.deadline,
        )

    return await faces.database.read_async(read)


def _sent_by(conn: Connection, store: StoreRef, outbound: Outbound) -> SentBy:
    setup = setup_of(conn, store.id).setup
    try:
        place = outbound.mail_place(conn, store, setup, shop_name(store, setup))
    except TokenUnreadable:
        return "nobody"
    if place is None:
        return "nobody"
    return "store" if setup.smtp is not None else "operator"


@router.put(
    "/settings",
    responses=documented(
        *OF_STAFF,
        *_CHANGING,
        (400, "address_forbidden", {"address": "http://10.0.0.5"}),
        (400, "gateway_invalid", {"problem": "json"}),
    ),
)
async def change_message_settings(
    faces: FacesOf, staff: StaffOf, what: MessageSettingsInput
) -> MessageSettings:
    """Changes the settings that were read as `version`; what waits is tried at once."""
    staff.need(TO_SET_UP)
    now = faces.clock()
    secrets = Secrets(what.smtp_password, what.sms_secret)

    def change(conn: Connection) -> None:
        store = still_active(conn, staff.store)
        change_mail(
            conn,
            store,
            what.settings,
            secrets,
            faces.outbound,
            version=what.version,
            actor=staff.actor,
            now=now,
        )

    await faces.database.write_async(change)
    return await read_message_settings(faces, staff)


@router.get("/kinds", responses=documented(*OF_STAFF))
async def list_message_kinds(staff: StaffOf, language: Language) -> MessageKinds:
    """The kinds of messages that people get."""
    staff.need_one(TO_SET_UP | TO_SEE_MEMBERS)
    kinds = [MessageKind.of(kind, language) for kind in Kind if KINDS[kind].mailed]
    return MessageKinds(items=kinds)


@router.get(
    "/texts/{kind}/{language}",
    responses=documented(*OF_STAFF, (422, "request_invalid", {"fields": []})),
)
async def read_message_text(
    faces: FacesOf, staff: StaffOf, kind: KindOf, language: LanguageOf
) -> MessageText:
    """The words of a kind in a language: the store's own, else the app's."""
    staff.need(TO_SET_UP)

    def read(conn: Connection) -> texts.OwnText:
        store = still_active(conn, staff.store)
        return texts.own_text(conn, store.id, kind, language)

    return MessageText.of(kind, language, await faces.database.read_async(read))


@router.put("/texts/{kind}/{language}", responses=documented(*OF_STAFF, *_CHANGING, _TEXT))
async def change_message_text(
    faces: FacesOf, staff: StaffOf, kind: KindOf, language: LanguageOf, what: MessageTextInput
) -> MessageText:
    """Puts the store's own words in place of those that were read as `version`."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def change(conn: Connection) -> texts.OwnText:
        store = still_active(conn, staff.store)
        stored = texts.store_text(
            conn, store.id, kind, language, what.words, version=what.version, now=now
        )
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="message_text_changed",
            subject=f"message:{kind}:{language}",
            after={"version": stored.version},
            now=now,
        )
        return stored

    return MessageText.of(kind, language, await faces.database.write_async(change))


@router.delete(
    "/texts/{kind}/{language}",
    responses=documented(*OF_STAFF, (422, "request_invalid", {"fields": []})),
)
async def forget_message_text(
    faces: FacesOf, staff: StaffOf, kind: KindOf, language: LanguageOf
) -> MessageText:
    """Goes back to the app's own words."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def forget(conn: Connection) -> texts.OwnText:
        store = still_active(conn, staff.store)
        if texts.forget_text(conn, store.id, kind, language):
            staff_actions.note(
                conn,
                store.id,
                actor=staff.actor,
                kind="message_text_dropped",
                subject=f"message:{kind}:{language}",
                now=now,
            )
        return texts.own_text(conn, store.id, kind, language)

    return MessageText.of(kind, language, await faces.database.write_async(forget))


@router.post(
    "/preview",
    responses=documented(
        *OF_STAFF,
        (400, "request_unreadable", {}),
        (422, "request_invalid", {"fields": []}),
        _TEXT,
    ),
)
async def preview_message(faces: FacesOf, staff: StaffOf, what: PreviewInput) -> Preview:
    """A message with sample figures, also in words that are not stored yet."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def show(conn: Connection) -> Preview:
        store = still_active(conn, staff.store)
        shown = preview(
            conn, store, what.kind, what.language, faces.outbound, words=what.words, now=now
        )
        return Preview.of(shown)

    return await faces.database.read_async(show)


@router.post(
    "/test-mail",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (400, "request_unreadable", {}),
        (409, "mail_not_set_up", {}),
        (500, "token_unreadable", {"store": "https://shop.example.com/graphql/"}),
        (502, "mail_refused", {"reason": "no connection to the server", "answer": ""}),
    ),
)
async def send_test_mail(faces: FacesOf, staff: StaffOf, what: TestMailInput) -> TestMailSent:
    """Sends a message with sample figures to the address of who asks, and to no other."""
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    if not staff.email:
        raise MailNotSetUp
    now = faces.clock()

    def prepare(conn: Connection) -> tuple[SmtpPlace, Rendered]:
        store = still_active(conn, staff.store)
        place = place_of_test(conn, store, faces.outbound)
        shown = preview(conn, store, what.kind, what.language, faces.outbound, now=now)
        return place, shown

    place, shown = await faces.database.read_async(prepare)
    await run_in_threadpool(send_test, faces.outbound, place, shown, staff.email, now=now)
    await faces.database.write_async(
        lambda conn: staff_actions.note(
            conn,
            staff.store.id,
            actor=staff.actor,
            kind="test_mail_sent",
            subject="mail",
            after={"kind": what.kind, "language": what.language},
            now=now,
        )
    )
    return TestMailSent(sent_to=staff.email)


@router.post(
    "/announcements",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (400, "request_unreadable", {}),
        (409, "announcements_off", {}),
        (409, "announcement_repeated", {}),
    ),
)
async def make_announcement(faces: FacesOf, staff: StaffOf, what: AnnouncementInput) -> Announced:
    """Tells all members who agreed to offers; the same words go out once a day."""
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()
    titles = {str(language): text.title for language, text in what.texts.items()}
    bodies = {str(language): text.body for language, text in what.texts.items()}

    def begin(conn: Connection) -> None:
        store = still_active(conn, staff.store)
        announce(conn, store, titles, bodies, what.link, actor=staff.actor, now=now)

    await faces.database.write_async(begin)
    return Announced(languages=sorted(titles))


@router.get(
    "/log",
    responses=documented(
        *OF_STAFF, (400, "invalid_cursor", {}), (422, "request_invalid", {"fields": []})
    ),
)
async def list_messages(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    kind: Annotated[Kind | None, Query()] = None,
    state: Annotated[
        str | None, Query(pattern="^(waiting|sent|skipped|failed)$", description="Its fate.")
    ] = None,
    channel: Annotated[str | None, Query(pattern="^(email|sms)$")] = None,
    member: Annotated[str | None, Query(pattern="^[0-9]{1,18}$", description="`id`.")] = None,
    first: First = 25,
    after: After = None,
) -> SentMessages:
    """What was sent, waits, or was not sent, newest first. It names no addresses."""
    staff.need_one(TO_SEE_MEMBERS | TO_SET_UP)
    before, now = number_after(after), faces.clock()

    def read(conn: Connection) -> list[deliveries.LogLine]:
        store = still_active(conn, staff.store)
        return deliveries.log_page(
            conn,
            store.id,
            first=first + 1,
            before_id=before,
            kind=None if kind is None else kind.value,
            state=state,
            channel=channel,
            member_id=None if member is None else int(member),
        )

    found = await faces.database.read_async(read)
    return SentMessages(
        items=[SentMessage.of(line, language, now) for line in found[:first]],
        next=next_of([line.id for line in found], first),
    )


@router.post(
    "/log/{message}/replay",
    responses=documented(
        *OF_STAFF,
        (404, "delivery_unknown", {}),
        (409, "message_over", {}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def repeat_message(
    faces: FacesOf,
    staff: StaffOf,
    message: Annotated[str, Path(max_length=100, description="`id` in the log.")],
) -> Repeated:
    """Sends a message that failed once more."""
    staff.need(TO_SET_UP)
    number, now = delivery_number(message), faces.clock()
    if number is None:
        raise DeliveryUnknown

    def repeat(conn: Connection) -> None:
        store = still_active(conn, staff.store)
        deliveries.repeat(conn, store.id, number, now)
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="message_repeated",
            subject=f"delivery:{number}",
            now=now,
        )

    await faces.database.write_async(repeat)
    return Repeated(id=message)
