"""Examines a live store: what is well, what is not, and how to mend it."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
import msgspec

from saleor_loyalty_app import shapes
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.app_extensions import EXTENSIONS, Extension
from saleor_loyalty_app.flows.app_manifest import (
    WebhookSource,
    app_identifier,
    extension_entries,
    wanted_permissions,
    webhook_entries,
)
from saleor_loyalty_app.flows.findings import Finding, Status
from saleor_loyalty_app.flows.inbox_problems import DEAD_LETTERS
from saleor_loyalty_app.flows.migrate_webhooks import plan_changes, read_webhooks
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.sync_store import StoreFacts, facts_of
from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.api_url import ApiUrl
from saleor_loyalty_app.saleor.errors import InvalidKeySet, SaleorPermissionDenied
from saleor_loyalty_app.saleor.introspection import misfits, read_schema
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.saleor.network import Answer, exchange, probe
from saleor_loyalty_app.saleor.version import NEWEST, OLDEST, SchemaVersion, spoken_version
from saleor_loyalty_app.stores import problems, repository
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.switches import Part

#: Tokens are accepted for half a minute after their end, so this much may the clocks differ.
SLIGHT_SKEW = timedelta(seconds=30)
#: A token lives for five minutes.
GREAT_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Doctor:
    """What an examination needs of the process.

    Attributes:
        app_url: where Saleor reaches this app.
        browser_url: where the browsers of staff do.
        reach: fetches one of the app's own addresses.
        clock_is_real: false in the demo, where comparing clocks means nothing.
    """

    access: StoreAccess
    http: httpx.Client
    clock: Clock
    handlers: Sequence[WebhookSource]
    app_url: str
    browser_url: str
    extensions: Sequence[Extension] = EXTENSIONS
    reach: Callable[[str], Answer] = probe
    clock_is_real: bool = True

    def examine(self, store: StoreRef) -> list[Finding]:
        """Looks at everything. Many network calls; nothing is changed.

        A check that cannot be made is a finding too, so this raises nothing of its own.
        """
        findings = [*self._own_side(store), *self._address()]
        if not store.active:
            return findings
        try:
            facts = facts_of(self.access.ask(store, "queries/store_facts"))
        except SaleorPermissionDenied:
            return [*findings, Finding(Status.FAIL, "token_dead")]
        except AppError as failure:
            return [*findings, _failed("saleor_unreachable", failure)]
        findings.extend(_guarded(self._identity(store, facts)))
        if facts.app_id != store.app_id:
            return findings
        for check in (
            self._permissions(facts),
            self._keys_and_clock(store),
            self._webhooks(store, facts),
            self._deliveries(store),
            self._mounts(store, facts),
            self._schema(store, facts),
        ):
            findings.extend(_guarded(check))
        return findings

    def _own_side(self, store: StoreRef) -> Iterator[Finding]:
        if store.active:
            yield Finding(Status.OK, "store_active", {"store": store.api_url})
        else:
            yield Finding(Status.FAIL, "store_inactive", {"store": store.api_url})
        switches = {
            Part.EARNING: store.earning_on,
            Part.SPENDING: store.spending_on,
            Part.SHIPPING: store.shipping_on,
            Part.MESSAGES: store.messages_on,
        }
        for part, on in switches.items():
            if not on:
                yield Finding(Status.WARN, "switched_off", {"part": part.value})
        told, waiting = self.access.database.read(
            lambda conn: (
                problems.open_problems(conn, store.id),
                inbox.count_dead_letters(conn, store.id),
            )
        )
        for problem in told:
            if problem.key != DEAD_LETTERS:
                yield Finding(
                    Status.WARN, "open_problem", {"key": problem.key, "message": problem.message}
                )
        if waiting:
            yield Finding(Status.WARN, "dead_letters_wait", {"count": waiting, "store": store.id})

    def _address(self) -> Iterator[Finding]:
        """Whether the manifest, by which stores install the app, is where it has to be."""
        address = f"{self.app_url}/api/manifest"
        try:
            answer = self.reach(address)
            found = json.loads(answer.body).get("id") if answer.status == 200 else None
        except (AppError, ValueError, AttributeError):
            found = None
        if found == app_identifier():
            yield Finding(Status.OK, "app_reachable", {"address": address})
        else:
            yield Finding(Status.FAIL, "app_unreachable", {"address": address})

    def _identity(self, store: StoreRef, facts: StoreFacts) -> Iterator[Finding]:
        if not facts.app_id:
            yield Finding(Status.FAIL, "token_dead")
        elif (facts.app_id, facts.app_identifier) != (store.app_id, app_identifier()):
            yield Finding(Status.FAIL, "token_of_another_app", {"identifier": facts.app_identifier})
        else:
            yield Finding(Status.OK, "token_alive")
        version = SchemaVersion.parse(facts.schema_version)
        detail: dict[str, object] = {
            "version": str(version),
            "oldest": str(OLDEST),
            "newest": str(NEWEST),
        }
        if version < OLDEST:
            yield Finding(Status.FAIL, "version_too_old", detail)
        elif version > NEWEST:
            yield Finding(Status.WARN, "version_not_known", detail)
        else:
            yield Finding(Status.OK, "version_supported", detail)

    def _permissions(self, facts: StoreFacts) -> Iterator[Finding]:
        missing = sorted(wanted_permissions() - facts.permissions)
        if missing:
            detail: dict[str, object] = {"permissions": ", ".join(missing)}
            yield Finding(Status.FAIL, "permissions_missing", detail)
        else:
            yield Finding(Status.OK, "permissions_granted")

    def _keys_and_clock(self, store: StoreRef) -> Iterator[Finding]:
        answer = exchange(self.http, "GET", ApiUrl.parse(store.api_url).jwks_url, deadline=5.0)
        stored = self.access.database.read(lambda conn: repository.keys(conn, store.id))
        try:
            published = set(KeySet.from_jwks(json.loads(answer.body)).keys)
        except (ValueError, InvalidKeySet):
            published = set()
        known = set(KeySet.from_jwks(stored.jwks).keys) if stored else set()
        if not published:
            yield Finding(Status.FAIL, "keys_not_published")
        elif published <= known:
            yield Finding(Status.OK, "keys_known")
        else:
            yield Finding(Status.WARN, "keys_changed")
        yield from self._skew(answer.headers.get("date"))

    def _skew(self, date: str | None) -> Iterator[Finding]:
        if date is None or not self.clock_is_real:
            return
        try:
            skew = abs(self.clock() - parsedate_to_datetime(date))
        except (ValueError, TypeError):
            return
        detail: dict[str, object] = {"seconds": int(skew.total_seconds())}
        if skew <= SLIGHT_SKEW:
            yield Finding(Status.OK, "clocks_agree", detail)
        else:
            bad = Status.FAIL if skew > GREAT_SKEW else Status.WARN
            yield Finding(bad, "clocks_differ", detail)

    def _webhooks(self, store: StoreRef, facts: StoreFacts) -> Iterator[Finding]:
        version = spoken_version(facts.schema_version)
        wanted = webhook_entries(self.handlers, self.app_url, version)
        changes = plan_changes(read_webhooks(self.access, store), wanted, self.app_url)
        if not changes:
            yield Finding(Status.OK, "webhooks_match", {"count": len(wanted)})
        for change in changes:
            yield Finding(
                Status.FAIL,
                f"webhook_{change.kind}",
                {
                    "name": change.name,
                    "fields": ", ".join(change.fields),
                    "store": store.api_url,
                },
            )

    def _deliveries(self, store: StoreRef) -> Iterator[Finding]:
        data = self.access.ask(store, "queries/failed_deliveries")
        app = shapes.convert(data, _DeliveriesAnswer).app
        failed = {
            webhook.name or webhook.id: webhook.event_deliveries.edges[0].node.created_at
            for webhook in (app.webhooks if app else None) or ()
            if webhook.event_deliveries and webhook.event_deliveries.edges
        }
        if not failed:
            yield Finding(Status.OK, "deliveries_arrive")
        for name, moment in sorted(failed.items()):
            yield Finding(
                Status.WARN,
                "deliveries_failed",
                {"name": name, "time": moment, "store": store.api_url},
            )

    def _mounts(self, store: StoreRef, facts: StoreFacts) -> Iterator[Finding]:
        data = self.access.ask(store, "queries/app_extensions")
        app = shapes.convert(data, _ExtensionsAnswer).app
        shown = {(one.mount_name.upper(), one.target_name.upper()) for one in app.extensions}
        wanted = extension_entries(spoken_version(facts.schema_version), self.extensions)
        missing = [one for one in wanted if (one.mount, one.target) not in shown]
        for extension in missing:
            yield Finding(
                Status.WARN, "mount_missing", {"label": extension.label, "mount": extension.mount}
            )
        if not missing:
            yield Finding(Status.OK, "mounts_present", {"count": len(wanted)})
        if app.app_url != self.browser_url:
            yield Finding(
                Status.FAIL,
                "page_elsewhere",
                {"there": app.app_url or "–", "here": self.browser_url},
            )

    def _schema(self, store: StoreRef, facts: StoreFacts) -> Iterator[Finding]:
        schema = read_schema(self.access.client, self.access.endpoint(store))
        version = spoken_version(facts.schema_version)
        texts = {
            name: documents.load(name)
            for kind in ("queries", "mutations")
            for name in documents.all_names(kind)
            if documents.needs(name) <= version
        }
        texts |= {one.name: text for one in self.handlers if (text := one.query_for(version))}
        wrong = {name: found for name, text in texts.items() if (found := misfits(schema, text))}
        for name, found in wrong.items():
            yield Finding(Status.FAIL, "document_misfit", {"document": name, "reason": found[0]})
        if not wrong:
            yield Finding(Status.OK, "documents_fit", {"count": len(texts)})


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    pass


class _Delivery(_Part, frozen=True):
    created_at: str


class _DeliveryEdge(_Part, frozen=True):
    node: _Delivery


class _Deliveries(_Part, frozen=True):
    edges: tuple[_DeliveryEdge, ...] = ()


class _DeliveringWebhook(_Part, frozen=True):
    id: str
    name: str | None = None
    event_deliveries: _Deliveries | None = None


class _DeliveringApp(_Part, frozen=True):
    webhooks: tuple[_DeliveringWebhook, ...] | None = None


class _DeliveriesAnswer(_Part, frozen=True):
    app: _DeliveringApp | None = None


class _ShownExtension(_Part, frozen=True):
    mount_name: str
    target_name: str


class _ShownApp(_Part, frozen=True):
    extensions: tuple[_ShownExtension, ...]
    app_url: str | None = None


class _ExtensionsAnswer(_Part, frozen=True):
    app: _ShownApp


def _failed(code: str, failure: AppError) -> Finding:
    return Finding(Status.FAIL, code, {"reason": str(failure)[:300]})


def _guarded(check: Iterable[Finding]) -> Iterator[Finding]:
    """A check that breaks off becomes a finding, so that the others are still made."""
    try:
        yield from check
    except AppError as failure:
        yield _failed("check_failed", failure)
    except msgspec.ValidationError as failure:
        yield Finding(Status.FAIL, "check_failed", {"reason": str(failure)[:300]})
