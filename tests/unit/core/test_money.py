"""Money: what is refused, what is kept exactly, and that no way in or out rounds.

In: amounts as text, as minor units, as token integers. Run by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.errors import InvalidAmount
from node.core.money import (
    MINOR_UNITS_MAX,
    SCALE_MAX,
    Asset,
    Money,
    currency,
    decimal_text,
    from_chain,
    parse_positive,
    parse_signed,
    to_chain,
)

EUR, JPY, KWD, CLF = (currency(code) for code in ("EUR", "JPY", "KWD", "CLF"))
ASSETS = st.sampled_from([EUR, JPY, KWD, CLF, Asset("SIX", SCALE_MAX)])
MINOR_UNITS = st.integers(-MINOR_UNITS_MAX, MINOR_UNITS_MAX)
MONEY = st.builds(Money, MINOR_UNITS, ASSETS)


@pytest.mark.parametrize("code", ["", "EU", "EURO", "eur", "E1R", "EUR ", "ÉUR", "EUR\n", "a" * 99])
def test_what_is_not_three_capital_letters_is_no_currency(code: str) -> None:
    with pytest.raises(InvalidAmount, match="is not a currency code"):
        currency(code)


@pytest.mark.parametrize("scale", [-1, SCALE_MAX + 1, 18])
def test_an_asset_with_more_digits_than_the_books_carry_is_refused(scale: int) -> None:
    with pytest.raises(InvalidAmount, match=f"scale {scale}"):
        Asset("ETH", scale)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        ".5",
        "-",
        "+",
        "1,00",
        "1 000",
        "1_000",
        "1e3",
        "0x10",
        "NaN",
        "Infinity",
        "--1",
        "1.2.3",
        "\u0663",
        "\uff11",
        "1" * 31,
        "1\n2",
    ],
)
def test_what_is_not_a_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmount, match="is not a decimal amount"):
        parse_signed(text, EUR)


@pytest.mark.parametrize(
    ("text", "asset"), [("0.001", EUR), ("1.5", JPY), ("1.2345", KWD), ("-0.00000001", CLF)]
)
def test_more_decimals_than_the_currency_has_are_refused(text: str, asset: Asset) -> None:
    with pytest.raises(InvalidAmount, match=f"more than {asset.scale} decimals"):
        parse_signed(text, asset)


@pytest.mark.parametrize("text", ["0", "0.00", "-0", "-0.01", "-5"])
def test_zero_and_less_are_no_positive_amount(text: str) -> None:
    with pytest.raises(InvalidAmount, match="is not above zero"):
        parse_positive(text, EUR)


@pytest.mark.parametrize("minor_units", [MINOR_UNITS_MAX + 1, -MINOR_UNITS_MAX - 1, 10**40])
def test_an_amount_over_63_bits_is_refused(minor_units: int) -> None:
    with pytest.raises(InvalidAmount, match="do not fit in 64 bits"):
        Money(minor_units, EUR)


def test_an_amount_over_63_bits_is_refused_as_text_too() -> None:
    with pytest.raises(InvalidAmount, match="do not fit in 64 bits"):
        parse_signed(decimal_text(MINOR_UNITS_MAX + 1, EUR.scale), EUR)


def test_a_sum_over_63_bits_is_refused() -> None:
    with pytest.raises(InvalidAmount, match="do not fit in 64 bits"):
        Money(MINOR_UNITS_MAX, EUR) + Money(1, EUR)


def test_different_assets_refuse_to_add() -> None:
    with pytest.raises(InvalidAmount, match="EUR and JPY cannot be combined"):
        Money(1, EUR) + Money(1, JPY)


def test_different_assets_refuse_to_subtract() -> None:
    with pytest.raises(InvalidAmount, match="EUR and JPY cannot be combined"):
        Money(1, EUR) - Money(1, JPY)


def test_different_assets_refuse_to_compare() -> None:
    with pytest.raises(InvalidAmount, match="EUR and JPY cannot be combined"):
        _ = Money(1, EUR) < Money(2, JPY)


def test_equal_counts_of_different_assets_are_not_equal() -> None:
    assert Money(1, EUR) != Money(1, JPY)


@pytest.mark.parametrize(("raw", "decimals"), [(1, 18), (10**16 + 1, 18), (15, 3)])
def test_a_remainder_from_the_chain_is_refused(raw: int, decimals: int) -> None:
    with pytest.raises(InvalidAmount, match="leave a remainder in EUR"):
        from_chain(raw, decimals, EUR)


def test_a_remainder_to_the_chain_is_refused() -> None:
    with pytest.raises(InvalidAmount, match=r"EUR 1\.23 does not fit a token with 1 decimals"):
        to_chain(Money(123, EUR), 1)


def test_a_token_amount_that_the_books_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidAmount, match="do not fit in 64 bits"):
        from_chain(2**256 - 1, 2, EUR)


@pytest.mark.parametrize(
    ("code", "scale"),
    [
        ("EUR", 2),
        ("CAD", 2),
        ("CHF", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("ISK", 0),
        ("XOF", 0),
        ("CLP", 0),
        ("CLF", 4),
        ("UYI", 0),
        ("UYU", 2),
        ("UYW", 4),
        ("BHD", 3),
        ("KWD", 3),
        ("TND", 3),
    ],
)
def test_a_currency_has_the_digits_of_iso_4217(code: str, scale: int) -> None:
    assert currency(code) == Asset(code, scale)


@pytest.mark.parametrize(
    ("text", "asset", "minor_units"),
    [
        ("1250.00", EUR, 125_000),
        ("1250", EUR, 125_000),
        ("1250.", EUR, 125_000),
        ("1.5", EUR, 150),
        ("1.50000", EUR, 150),
        (" 0.01 ", EUR, 1),
        ("+7", EUR, 700),
        ("-7.05", EUR, -705),
        ("100.000", JPY, 100),
        ("0.001", KWD, 1),
    ],
)
def test_text_is_read_to_the_last_digit(text: str, asset: Asset, minor_units: int) -> None:
    assert parse_signed(text, asset) == Money(minor_units, asset)


def test_the_largest_amount_is_carried() -> None:
    assert parse_positive("92233720368547758.07", EUR) == Money(MINOR_UNITS_MAX, EUR)


@pytest.mark.parametrize(
    ("minor_units", "scale", "text"),
    [(0, 2, "0.00"), (5, 2, "0.05"), (-5, 2, "-0.05"), (123, 0, "123"), (-1, 6, "-0.000001")],
)
def test_an_amount_is_written_with_all_its_digits(minor_units: int, scale: int, text: str) -> None:
    assert decimal_text(minor_units, scale) == text


def test_money_speaks_with_its_currency() -> None:
    assert str(Money(256_597_200, currency("CAD"))) == "CAD 2565972.00"


def test_a_token_of_fewer_decimals_fills_up() -> None:
    assert from_chain(7, 0, EUR) == Money(700, EUR)


@given(MONEY)
def test_text_and_back_is_the_same_money(money: Money) -> None:
    assert parse_signed(money.decimal(), money.asset) == money


@given(MONEY, st.integers(0, 18))
def test_what_goes_to_the_chain_comes_back_the_same(money: Money, more: int) -> None:
    decimals = money.asset.scale + more
    assert from_chain(to_chain(money, decimals), decimals, money.asset) == money


@given(st.integers(0, 2**256 - 1), st.integers(0, 36), ASSETS)
def test_what_comes_from_the_chain_is_exact_or_refused(
    raw: int, decimals: int, asset: Asset
) -> None:
    try:
        money = from_chain(raw, decimals, asset)
    except InvalidAmount:
        return
    assert money.minor_units * 10**decimals == raw * 10**asset.scale


@given(ASSETS, st.integers(-(2**61), 2**61), st.integers(-(2**61), 2**61))
def test_taking_back_what_was_added_leaves_what_was_there(asset: Asset, one: int, two: int) -> None:
    first, second = Money(one, asset), Money(two, asset)
    assert first + second - second == first
    assert first - second == first + -second


@given(ASSETS, MINOR_UNITS, MINOR_UNITS)
def test_money_is_ordered_by_amount(asset: Asset, one: int, two: int) -> None:
    assert (Money(one, asset) < Money(two, asset)) == (one < two)


@pytest.mark.parametrize("code", ["XAG", "XAU", "XPD", "XPT"])
def test_metals_are_counted_to_a_thousandth_of_an_ounce(code: str) -> None:
    assert parse_signed("10.125", currency(code)).minor_units == 10_125
