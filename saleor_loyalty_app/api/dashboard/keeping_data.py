"""How long data are kept, and how old the secrets are: `/retention`, `/secrets`."""

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.keeping_schemas import (
    Resealed,
    RetentionInput,
    RetentionPage,
    RetentionSpan,
    SecretSeen,
    SecretsPage,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.secret_ages import SecretAge, reseal, secret_ages
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.messages.deliveries import LOG_DAYS
from saleor_loyalty_app.rewards.offer_rows import KEPT as OFFERS_KEPT
from saleor_loyalty_app.settings import Settings
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.retention import BOUNDS, Kept, OwnDays, choose_days, own_days

router = staff_router()


@router.get("/retention", responses=documented(*OF_STAFF))
async def read_retention(faces: FacesOf, staff: StaffOf, language: Language) -> RetentionPage:
    """How long each kind of data is kept for this store."""
    staff.need(TO_SET_UP)

    def read(conn: Connection) -> RetentionPage:
        store = still_active(conn, staff.store)
        return _page(own_days(conn, store.id), faces.settings, language)

    return await faces.database.read_async(read)


@router.put(
    "/retention",
    responses=documented(
        *OF_STAFF,
        (400, "request_unreadable", {}),
        (409, "retention_changed", {}),
        (422, "retention_invalid", {"kind": "inbox", "least": 1, "most": 60}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def change_retention(
    faces: FacesOf, staff: StaffOf, language: Language, what: RetentionInput
) -> RetentionPage:
    """Chooses days for some kinds; what is over by then goes within the hour."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def write(conn: Connection) -> RetentionPage:
        store = still_active(conn, staff.store)
        before = own_days(conn, store.id)
        wanted = {Kept(name): days for name, days in what.days.items()}
        after = choose_days(conn, store.id, wanted, version=what.version, now=now)
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="retention_changed",
            subject="retention",
            before={kind.value: days for kind, days in before.days.items()},
            after={kind.value: days for kind, days in after.days.items()},
            now=now,
        )
        return _page(after, faces.settings, language)

    return await faces.database.write_async(write)


@router.get("/secrets", responses=documented(*OF_STAFF))
async def read_secrets(faces: FacesOf, staff: StaffOf, language: Language) -> SecretsPage:
    """Which secrets there are and how old; none is shown."""
    staff.need(TO_SET_UP)
    now, cipher = faces.clock(), faces.access.cipher

    def read(conn: Connection) -> list[SecretAge]:
        store = still_active(conn, staff.store)
        return secret_ages(conn, store.id, cipher, now=now)

    found = await faces.database.read_async(read)
    return SecretsPage(
        secrets=[_secret(one, language) for one in found],
        keys=len(cipher.fingerprints),
        newest_key=cipher.fingerprints[0],
        under_old_keys=sum(one.old_key for one in found),
    )


@router.post(
    "/secrets/reseal",
    responses=documented(
        *OF_STAFF, (500, "token_unreadable", {"store": "https://shop.example.com/graphql/"})
    ),
)
async def reseal_secrets(faces: FacesOf, staff: StaffOf) -> Resealed:
    """Seals the store's secrets with the newest key, so that the old one may go."""
    staff.need(TO_SET_UP)
    now, cipher = faces.clock(), faces.access.cipher

    def write(conn: Connection) -> int:
        store = still_active(conn, staff.store)
        return reseal(conn, store.id, cipher, actor=staff.actor, now=now)

    return Resealed(secrets=await faces.database.write_async(write))


def _page(own: OwnDays, settings: Settings, language: str) -> RetentionPage:
    usual = {
        Kept.inbox: settings.inbox_days,
        Kept.dead_letters: settings.dead_letter_days,
        Kept.offers: OFFERS_KEPT.days,
        Kept.messages: LOG_DAYS,
        Kept.partner_events: LOG_DAYS,
        Kept.received_events: LOG_DAYS,
        Kept.uninstalled: settings.uninstalled_days,
    }
    return RetentionPage(
        version=own.version,
        spans=[
            RetentionSpan(
                name=kind.value,
                days=own.days.get(kind, usual[kind]),
                usual=usual[kind],
                own=kind in own.days,
                least=bounds.least,
                most=bounds.most,
                meaning=translate(f"retention.{kind}", language),
            )
            for kind, bounds in BOUNDS.items()
        ],
        job_days=settings.job_days,
    )


def _secret(one: SecretAge, language: str) -> SecretSeen:
    return SecretSeen(
        name=one.name,
        kind=one.kind,
        title=translate(f"secret.{one.kind}", language, label=one.label),
        since=one.since,
        last_used_at=one.last_used_at,
        key=one.key or "",
        old_key=one.old_key,
        unreadable=one.key == "",
        old=one.old,
        advice=translate(f"secret_advice.{one.kind}", language),
    )
