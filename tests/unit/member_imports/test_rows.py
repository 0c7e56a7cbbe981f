"""Files as they really come: letters, separators, dates and numbers; nothing is guessed."""

import contextlib
import csv
import io
import string
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import saleor_loyalty_app
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.member_imports import cells, errors, problems
from saleor_loyalty_app.member_imports.columns import COLUMNS, folded
from saleor_loyalty_app.member_imports.encodings import DELIMITERS
from saleor_loyalty_app.member_imports.errors import HeaderUnknown, TooManyRows
from saleor_loyalty_app.member_imports.identity import identity_of
from saleor_loyalty_app.member_imports.problems import CellProblem
from saleor_loyalty_app.member_imports.rows import File, Row, read_file
from saleor_loyalty_app.member_imports.template import template
from saleor_loyalty_app.members.email_keys import EmailKeys

OWN = tuple(
    one
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, AppError) and one is not AppError
)
NEW, OLD = "a new secret", "an old secret"


def opened(text: str | bytes, encoding: str = "utf-8", **more: int) -> File:
    body = text if isinstance(text, bytes) else text.encode(encoding)
    return read_file(io.BytesIO(body), **more)


def rows(text: str | bytes, encoding: str = "utf-8") -> list[Row]:
    return list(opened(text, encoding).rows)


def codes(text: str) -> list[str]:
    return [one.code for row in rows(text) for one in row.problems]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1254", "cp1254"),
    ],
)
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_letters_and_separators_are_recognized(encoding: str, named: str, delimiter: str) -> None:
    text = f"E-POSTA{delimiter}PUAN{delimiter}NOT\r\nışık@örnek.com{delimiter}5{delimiter}Şükrü\r\n"
    file = opened(text, encoding)
    assert (file.format.encoding, file.format.delimiter) == (named, delimiter)
    [row] = file.rows
    assert (row.email, row.points, row.note) == ("ışık@örnek.com", 5, "Şükrü")


@pytest.mark.parametrize("language", ["en", "tr"])
def test_templates_are_read_without_a_problem_and_name_every_column(language: str) -> None:
    file = opened(template(language), "utf-8-sig")
    assert set(file.header.places) == set(COLUMNS)
    found = list(file.rows)
    assert [row.problems for row in found] == [(), (), ()]
    assert found[0].expires == "2031-12-31"
    assert found[0].consent_at == "2024-05-02T10:15:00"
    assert found[1].expires == cells.NEVER


def test_both_templates_say_the_same_but_for_their_words() -> None:
    english, turkish = (rows(template(one)) for one in ("en", "tr"))
    keys = EmailKeys.of([NEW])
    assert [identity_of(1, row, keys) for row in english] == [
        identity_of(1, row, keys) for row in turkish
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.200", "points_thousands"),
        ("1,200", "points_thousands"),
        ("1 200", "points_thousands"),
        ("1\u00a0200", "points_thousands"),
        ("12.345.678,00", "points_thousands"),
        ("12.5", "points_not_whole"),
        ("12,00", "points_not_whole"),
        ("-5", "points_negative"),
        ("1e3", "points_invalid"),
        ("٣", "points_invalid"),
        ("=1+1", "points_invalid"),
        ("1000000001", "points_too_many"),
        ("9" * 5000, "points_too_many"),
    ],
)
def test_numbers_that_may_mean_two_things_are_refused(text: str, code: str) -> None:
    with pytest.raises(CellProblem) as refused:
        cells.read_points(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-12-31", "2026-12-31"),
        ("31.12.2026", "2026-12-31"),
        ("1.2.2026", "2026-02-01"),
        ("31.12.2026 9:05", "2026-12-31T09:05:00"),
        ("2026-12-31T23:00:00+03:00", "2026-12-31T23:00:00+03:00"),
        ("2026-12-31 23:00Z", "2026-12-31T23:00:00+00:00"),
    ],
)
def test_days_are_read_as_people_in_turkey_and_machines_write_them(text: str, read: str) -> None:
    assert cells.read_moment(text) == read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("01/02/2026", "date_ambiguous"),
        ("2026/02/01", "date_ambiguous"),
        ("31.02.2026", "date_unknown"),
        ("2026-13-01", "date_unknown"),
        ("31.12.9999", "date_unknown"),
        ("45657", "date_invalid"),
        ("tomorrow", "date_invalid"),
    ],
)
def test_days_that_may_be_two_or_none_are_refused(text: str, code: str) -> None:
    with pytest.raises(CellProblem) as refused:
        cells.read_moment(text)
    assert refused.value.code == code


def test_a_row_tells_all_that_is_wrong_with_it_and_keeps_nothing_else() -> None:
    header = "email,points,expires_at,consent_email,consent_sms,phone"
    [row] = rows(f"{header}\nnobody,many,01/02/2026,maybe,yes,123,more\n")
    assert {(one.column, one.code) for one in row.problems} == {
        ("email", "email_invalid"),
        ("points", "points_invalid"),
        ("expires_at", "date_ambiguous"),
        ("consent_email", "consent_invalid"),
        ("phone", "phone_invalid"),
        ("", "too_many_cells"),
    }
    assert (row.line, row.email, row.phone) == (2, "", "")


def test_a_consent_without_its_proof_is_none() -> None:
    header = "email,points,consent_email,consent_at,consent_proof"
    assert codes(f"{header}\na@b.co,1,yes,,\n") == [
        "consent_without_time",
        "consent_without_proof",
    ]
    assert codes(f"{header}\na@b.co,,,,\n") == ["nothing_to_import"]
    assert codes(f"{header}\n,1,,,\n") == ["email_missing"]
    assert codes(f"{header}\na@b.co,,evet,2024-01-01,Form\n") == []


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = 'sep=;\nemail;points;note\n\na@b.co;1;"two\nlines"\n\nc@d.co;x;\n'
    found = rows(text)
    assert [row.line for row in found] == [4, 7]
    assert found[0].note == "two lines"


def test_a_file_ends_where_more_rows_come_than_are_taken() -> None:
    file = opened("email,points\n" + "a@b.co,1\n" * 3, most_rows=2)
    with pytest.raises(TooManyRows):
        list(file.rows)


def test_headings_that_mean_nothing_are_told() -> None:
    assert opened("email,points,Cinsiyet,\na@b.co,1,x,\n").header.ignored == ("Cinsiyet",)
    with pytest.raises(HeaderUnknown) as refused:
        opened("e-mail,gender\na@b.co,x\n")
    assert refused.value.detail["missing"] == ["points"]


def test_no_two_columns_share_a_name() -> None:
    names = [name for column, others in COLUMNS.items() for name in (column, *others)]
    assert len(names) == len(set(names))
    assert all(folded(name) == name for name in names)


@given(
    st.binary(max_size=400)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
def test_no_bytes_make_the_reader_raise_anything_but_its_own_refusals(body: bytes) -> None:
    for start in (b"", b"email;points;expires_at;consent_email;phone\n"):
        found: list[Row] = []
        with contextlib.suppress(*OWN):
            found = rows(start + body)
        known = set(problems.OF_CELLS)
        assert {one.code for row in found for one in row.problems} <= known


CELL = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["a@b.co", "31.12.2027", "evet", "1.200", "120", "VXNlcjox", "0532 123 45 67"]),
)


@given(st.lists(st.lists(CELL, min_size=1, max_size=17), max_size=6), st.sampled_from(DELIMITERS))
def test_no_cells_make_the_reader_raise_anything_but_its_own_refusals(
    lines: list[list[str]], delimiter: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(COLUMNS)
    writer.writerows(lines)
    with contextlib.suppress(*OWN):
        assert len(rows(text.getvalue().encode("utf-8", "replace"))) <= len(lines)


@given(st.builds(Row, line=st.just(2), email=st.just("a@b.co"), points=st.integers(0, 9)))
def test_a_row_is_known_again_after_the_secret_was_changed(row: Row) -> None:
    before = identity_of(1, row, EmailKeys.of([OLD]))
    after = identity_of(1, row, EmailKeys.of([NEW, OLD]))
    assert before.keys[0] in after.keys
    assert before.owners[0] in after.owners
    assert identity_of(2, row, EmailKeys.of([OLD])).keys != before.keys


def texts(language: str) -> dict[str, str]:
    folder = Path(saleor_loyalty_app.__file__).parent / "locales" / language / "LC_MESSAGES"
    with (folder / "member_imports.po").open("rb") as stream:
        return {str(one.id): str(one.string) for one in read_po(stream) if one.id}


def test_everything_has_a_text_in_both_languages_with_the_same_places() -> None:
    def places(text: str) -> Iterable[str]:
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    english, turkish = texts("en"), texts("tr")
    assert english.keys() == turkish.keys()
    assert all(places(text) == places(turkish[name]) for name, text in english.items())
    wanted = {
        f"import_row.{code}"
        for codes in (problems.OF_CELLS, problems.OF_BOOKS, problems.SKIPPED, problems.REMARKS)
        for code in codes
    }
    wanted |= {f"error.{one.code}" for one in OWN}
    assert wanted <= english.keys()
