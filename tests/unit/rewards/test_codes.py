"""Codes that nobody guesses or misreads."""

from math import log2

from saleor_loyalty_app.rewards.codes import (
    ALPHABET,
    LENGTH,
    new_code,
    new_public_id,
    public_id_of_voucher,
    voucher_name,
)


def test_a_code_has_eighty_random_bits() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert LENGTH * log2(len(ALPHABET)) >= 80


def test_codes_have_no_signs_that_people_mix_up() -> None:
    assert not set("IİıO01") & set(ALPHABET)
    assert ALPHABET.upper() == ALPHABET
    assert all(set(new_code()) <= set(ALPHABET) for _ in range(50))


def test_no_code_comes_twice() -> None:
    assert len({new_code() for _ in range(1000)}) == 1000


def test_a_voucher_is_named_after_its_redemption() -> None:
    public_id = new_public_id()
    assert public_id_of_voucher(voucher_name(public_id)) == public_id
    assert public_id_of_voucher("Summer sale") is None
