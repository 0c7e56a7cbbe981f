"""Two spellings of one mailbox are one key; two mailboxes never are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.members.email_keys import BUCKETS, EmailKeys, bucket_of, normalize_email

KEYS = EmailKeys.of(["new secret", "old secret"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ali@Example.com", "ali@example.com"),
        (" ali@example.com\n", "ali@example.com"),
        ("ILGIN@EXAMPLE.COM", "ilgin@example.com"),
    ],
)
def test_spellings_of_one_mailbox_are_equal(one: str, other: str) -> None:
    assert normalize_email(one) == normalize_email(other)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("ılgın@example.com", "ilgin@example.com"),
        ("İlgin@example.com", "ilgin@example.com"),
        ("mi\u212ae@example.com", "mike@example.com"),
        ("\uff41li@example.com", "ali@example.com"),
        ("stra\u00dfe@example.com", "strasse@example.com"),
        ("a.li@example.com", "ali@example.com"),
        ("ali+shop@example.com", "ali@example.com"),
    ],
)
def test_look_alikes_stay_different_mailboxes(mine: str, theirs: str) -> None:
    assert normalize_email(mine) != normalize_email(theirs)
    assert KEYS.current(1, mine) != KEYS.current(1, theirs)


@given(st.text(max_size=60))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    assert normalize_email(normalize_email(text)) == normalize_email(text)


def test_keys_do_not_follow_people_from_store_to_store() -> None:
    assert KEYS.current(1, "ali@example.com") != KEYS.current(2, "ali@example.com")


def test_old_secrets_still_find_what_they_wrote() -> None:
    before = EmailKeys.of(["old secret"]).current(1, "ali@example.com")
    assert before in KEYS.every(1, "ALI@example.com")
    assert KEYS.current(1, "ali@example.com") == KEYS.every(1, "ali@example.com")[0]


def test_keys_need_secrets() -> None:
    for secrets in ([], [""]):
        with pytest.raises(ValueError, match="secret"):
            EmailKeys.of(secrets)


def test_secrets_do_not_show() -> None:
    assert "new secret" not in repr(KEYS)


def test_a_bucket_is_stable_and_in_bounds() -> None:
    buckets = [bucket_of(7, f"shopper{n}@example.com") for n in range(2000)]
    assert all(0 <= bucket < BUCKETS for bucket in buckets)
    assert bucket_of(7, "Shopper1@Example.com") == buckets[1]
    held = sum(bucket < 500 for bucket in buckets)
    assert 50 < held < 150
