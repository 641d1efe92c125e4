"""Limits: the most that one instruction may move.

In: amounts around the limit. Run by pytest.
"""

import pytest

from node.control.limits import AmountOverLimit, Limits, check_amount
from node.core.errors import InvalidAmount
from node.core.money import Money, currency, parse_positive

LIMITS = Limits("1000.00", {"JPY": "50000"})


def money(text: str, code: str = "EUR") -> Money:
    return parse_positive(text, currency(code))


@pytest.mark.parametrize(
    ("text", "code"), [("1000.01", "EUR"), ("50001", "JPY"), ("1000.001", "KWD")]
)
def test_more_than_the_limit_is_refused(text: str, code: str) -> None:
    with pytest.raises(AmountOverLimit) as caught:
        check_amount(money(text, code), LIMITS)
    assert caught.value.code == "AMOUNT_OVER_LIMIT"
    assert caught.value.facts == {"limit": LIMITS.of(money(text, code)).decimal()}


@pytest.mark.parametrize(
    ("text", "code"), [("1000.00", "EUR"), ("0.01", "EUR"), ("50000", "JPY"), ("1000", "KWD")]
)
def test_the_limit_itself_may_be_moved(text: str, code: str) -> None:
    check_amount(money(text, code), LIMITS)


@pytest.mark.parametrize("text", ["0", "-5", "lots", "0.5"])
def test_a_limit_that_is_no_amount_lets_nothing_pass(text: str) -> None:
    with pytest.raises(InvalidAmount):
        check_amount(money("1", "JPY"), Limits(text))
