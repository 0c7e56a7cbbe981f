"""What the page of member imports takes and answers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from saleor_loyalty_app.api.dashboard.program_schemas import Shape
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.flows.reverse_member_import import Remains
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.insights.movements import Place
from saleor_loyalty_app.insights.valuation import Liability, liability_of, rate_of
from saleor_loyalty_app.member_imports.problems import SKIPPED
from saleor_loyalty_app.member_imports.repository import ROWS_KEPT, ImportRef, StoredRow
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.stores.refs import StoreRef

UNIT = "points"
State = Literal["checking", "checked", "booking", "done", "canceled", "reversing", "reversed"]
RowState = Literal["new", "ready", "there", "bad", "booked"]
_EXAMPLE: dict[str, Any] = {
    "id": 3,
    "state": "checking",
    "file_name": "members.csv",
    "encoding": "windows-1254",
    "delimiter": ";",
    "ignored": ["Gender"],
    "by": "owner@example.com",
    "rows": 120,
    "handled": 100,
    "created_at": "2027-01-04T12:00:00+03:00",
    "started_at": None,
    "finished_at": None,
    "rows_kept_until": "2027-02-03T12:00:00+03:00",
    "checked": None,
    "booked": None,
    "reversal": None,
    "may_start": False,
    "may_stop": True,
    "may_reverse": False,
}


class ImportProblem(Shape):
    """So many rows that have the same to them."""

    state: RowState
    code: str = Field(description="Stable.")
    text: str
    rows: int


class ImportedPoints(Shape):
    """Points of one channel and currency, and what they are worth."""

    channel: str = Field(description='The slug; "" = none is named.')
    currency: str = Field(description='"" = none is named, and the store has several.')
    points: int
    worth: Money | None = Field(
        description="At the spend rate; null where there is no certain one."
    )


class ImportFigures(Shape):
    """What a file would bring (`checked`), or brought (`booked`)."""

    bring: int = Field(description="Rows that bring something.")
    there: int = Field(description="Rows that were booked already.")
    bad: int = Field(description="Rows that cannot be booked.")
    left: int = Field(description="Rows that were not looked at, as the import was stopped.")
    problems: list[ImportProblem]
    points: int
    by_currency: list[ImportedPoints]
    liability: list[Money] = Field(description="What more is owed to members, by currency.")
    unvalued: int = Field(description="Points that have no certain worth.")
    members: int = Field(description="People who are members already.")
    fetched: int = Field(description="Accounts in Saleor that become members.")
    guests: int = Field(description="Addresses without an account that are known here.")
    new: int = Field(description="Addresses that nobody here has: they wait for an account.")
    consents_email: int
    consents_sms: int
    consents_waiting: int = Field(description="Consents that wait for an account.")
    lifetimes: int = Field(description="People with a total of the time before.")


class ImportRemains(Shape):
    """What is left of an import."""

    imported: int
    there: int = Field(description="What members still have: that is taken back.")
    members: int
    held: int = Field(description="On its way to be spent.")
    expired: int
    taken_back: int
    spent: int

    @classmethod
    def of(cls, remains: Remains) -> "ImportRemains":
        """As it stands."""
        return cls(**{name: getattr(remains, name) for name in cls.model_fields})


class ImportReversal(Shape):
    """An import that is taken back, or was."""

    taken: int
    members: int
    by: str
    before: ImportRemains
    after: ImportRemains | None = Field(description="null until it is done.")
    consents: int | None = Field(description="Consents that ended; null until it is done.")


class MemberImport(Shape):
    """A file of members and points, and how far it is."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_EXAMPLE]}
    )

    id: int
    state: State
    file_name: str
    encoding: str = Field(description="In which letters the file was read.")
    delimiter: str
    ignored: list[str] = Field(description="Headings that mean nothing here.")
    by: str
    rows: int
    handled: int = Field(description="Rows looked at in this state; members, of a reversal.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rows_kept_until: datetime | None = Field(description="null = they are gone.")
    checked: ImportFigures | None
    booked: ImportFigures | None
    reversal: ImportReversal | None
    may_start: bool
    may_stop: bool
    may_reverse: bool


class MemberImports(Shape):
    """A page of imports, newest first."""

    items: list[MemberImport]
    next: str | None = Field(description="`after` of the next page; null on the last one.")
    live: bool = Field(description="A program is in force, so that points can be booked.")


class RowProblem(Shape):
    """What is wrong with a row, or to be known of it."""

    column: str = Field(description='English name of the column; "" = the whole row.')
    code: str = Field(description="Stable.")
    text: str


class MemberImportRow(Shape):
    """A row as it was understood."""

    line: int
    state: RowState
    email: str = Field(description='"" once it is booked.')
    user_id: str
    external_id: str
    points: int
    worth: int = Field(description="How many of them are booked.")
    expires: str = Field(description='A day or time, "never", or "" = as the program has it.')
    earned: str
    currency: str
    member: str | None = Field(description="Number of the member, once it is booked.")
    problems: list[RowProblem]


class MemberImportRows(Shape):
    """A page of rows, in the order of the file."""

    items: list[MemberImportRow]
    next: str | None = Field(description="`after` of the next page; null on the last one.")


def told_import(
    row: ImportRef,
    store: StoreRef,
    names: Mapping[str, str],
    program: Program | None,
    language: str,
) -> MemberImport:
    """An import for people: with texts, and times on the store's clocks.

    Args:
        program: whose rates say what points are worth.
    """
    zone = ZoneInfo(store.timezone)

    def local(at: datetime | None) -> datetime | None:
        return None if at is None else at.astimezone(zone)

    gone = row.rows_gone_at is not None
    over = row.state in ("done", "canceled")
    return MemberImport(
        id=row.id,
        state=cast(State, row.state),
        file_name=row.file_name,
        encoding=_ENCODINGS.get(row.encoding, row.encoding),
        delimiter=row.delimiter,
        ignored=row.ignored,
        by=names[row.actor],
        rows=row.rows,
        handled=row.handled,
        created_at=row.created_at.astimezone(zone),
        started_at=local(row.started_at),
        finished_at=local(row.finished_at),
        rows_kept_until=None if gone else local((row.finished_at or row.created_at) + ROWS_KEPT),
        checked=_figures(row.checked, "ready", program, language),
        booked=_figures(row.booked, "booked", program, language),
        reversal=_reversal(row.reversal, names),
        may_start=row.state in ("checked", "canceled") and row.checked is not None and not gone,
        may_stop=row.state in ("checking", "checked", "booking"),
        may_reverse=over and row.started_at is not None,
    )


def actors_of(rows: Iterable[ImportRef]) -> set[str]:
    """Whom imports name."""
    found: set[str] = set()
    for row in rows:
        found.add(row.actor)
        if row.reversal is not None:
            found.add(str(row.reversal["actor"]))
    return found


def told_row(row: StoredRow, language: str) -> MemberImportRow:
    """A row for people."""
    return MemberImportRow(
        line=row.line,
        state=cast(RowState, row.state),
        email=row.email,
        user_id=row.user_id,
        external_id=row.external_id,
        points=row.points,
        worth=row.worth,
        expires=row.expires,
        earned=row.earned,
        currency=row.currency,
        member=None if row.member_id is None else str(row.member_id),
        problems=[
            RowProblem(column=column, code=code, text=text_of(code, language))
            for column, code in row.problems
        ],
    )


def text_of(code: str, language: str) -> str:
    """What is to be said of a row with this code."""
    return translate(f"import_row.{code}", language)


#: As people know them.
_ENCODINGS = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "cp1254": "windows-1254"}


def _figures(
    report: Mapping[str, Any] | None, bringing: str, program: Program | None, language: str
) -> ImportFigures | None:
    if report is None:
        return None
    rows, people, consents = report["rows"], report["people"], report["consents"]
    places = {
        Place(one["channel"], one["currency"], UNIT): one["points"] for one in report["points"]
    }
    owed: Liability = liability_of(places, program)
    return ImportFigures(
        bring=rows.get(bringing, 0),
        there=rows.get("there", 0),
        bad=rows.get("bad", 0),
        left=0 if bringing == "ready" else rows.get("ready", 0),
        problems=[
            ImportProblem(
                state=cast(RowState, state), code=code, text=text_of(code, language), rows=number
            )
            for state in ("bad", "there", bringing)
            for code, number in report["codes"].get(state, {}).items()
            if state != "there" or code in SKIPPED
        ],
        points=owed.points,
        by_currency=[
            ImportedPoints(
                channel=place.channel,
                currency=place.currency,
                points=points,
                worth=_worth(place, points, program),
            )
            for place, points in places.items()
        ],
        liability=[Money.of(one.value, one.currency) for one in owed.valued],
        unvalued=owed.unvalued,
        members=people.get("account", 0),
        fetched=people.get("fetched", 0),
        guests=people.get("guest", 0),
        new=people.get("new", 0),
        consents_email=consents["email"],
        consents_sms=consents["sms"],
        consents_waiting=report["waiting"],
        lifetimes=report["lifetimes"],
    )


def _worth(place: Place, points: int, program: Program | None) -> Money | None:
    rate = rate_of(program, place)
    if rate is None:
        return None
    [one] = liability_of({place: points}, program).valued
    return Money.of(one.value, one.currency)


def _reversal(
    reversal: Mapping[str, Any] | None, names: Mapping[str, str]
) -> ImportReversal | None:
    if reversal is None:
        return None
    after = reversal.get("after")
    return ImportReversal(
        taken=reversal["taken"],
        members=reversal["members"],
        by=names[reversal["actor"]],
        before=ImportRemains(**reversal["before"]),
        after=None if after is None else ImportRemains(**after),
        consents=reversal.get("consents"),
    )
