"""Money as exact integers of an asset's minor unit.

In: decimal strings, on-chain integers. Out: `Money`, decimal strings.
Called by: ledger, bank, posting, settlement, reconciliation, api, console.
Scales follow ISO 4217 (the number of minor-unit digits per currency).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from node.core.errors import InvalidAmount

SCALE_MAX = 6
MINOR_UNITS_MAX = 2**63 - 1

_ZERO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND".split()
_FOUR_DIGITS = "CLF UYW".split()
# Metals have no minor unit in ISO 4217; bullion accounts are kept to a thousandth of an ounce.
_METALS = "XAG XAU XPD XPT".split()
_SCALES = (
    dict.fromkeys(_ZERO_DIGITS, 0)
    | dict.fromkeys(_THREE_DIGITS, 3)
    | dict.fromkeys(_FOUR_DIGITS, 4)
    | dict.fromkeys(_METALS, 3)
)
_CODE = re.compile(r"[A-Z]{3}")
_DECIMAL = re.compile(r"([+-]?)(\d{1,30})(?:\.(\d{0,30}))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Asset:
    """A currency and the number of decimal digits its minor unit has (at most 6)."""

    code: str
    scale: int

    def __post_init__(self) -> None:
        if not 0 <= self.scale <= SCALE_MAX:
            raise InvalidAmount(
                f"{self.code}: scale {self.scale} is not within 0 and {SCALE_MAX}",
                remedy="Use a token whose decimals equal the currency's minor unit.",
            )


@dataclass(frozen=True, slots=True)
class Money:
    """A signed count of minor units of one asset, within 64 bits."""

    minor_units: int
    asset: Asset

    def __post_init__(self) -> None:
        if abs(self.minor_units) > MINOR_UNITS_MAX:
            raise InvalidAmount(
                f"{self.asset.code} {self.minor_units} minor units do not fit in 64 bits",
                remedy="Split the amount.",
            )

    def __add__(self, other: Money) -> Money:
        return Money(self.minor_units + self._same(other), self.asset)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor_units - self._same(other), self.asset)

    def __neg__(self) -> Money:
        return Money(-self.minor_units, self.asset)

    def __lt__(self, other: Money) -> bool:
        return self.minor_units < self._same(other)

    def __str__(self) -> str:
        return f"{self.asset.code} {self.decimal()}"

    def decimal(self) -> str:
        """The amount as a plain decimal string with exactly the asset's digits."""
        return decimal_text(self.minor_units, self.asset.scale)

    def _same(self, other: Money) -> int:
        if other.asset != self.asset:
            raise InvalidAmount(f"{self.asset.code} and {other.asset.code} cannot be combined")
        return other.minor_units


def currency(code: str) -> Asset:
    """The asset of an ISO 4217 code. Raises `InvalidAmount` for anything else than 3 letters."""
    if not _CODE.fullmatch(code):
        raise InvalidAmount(
            f"{code[:20]!r} is not a currency code", remedy="Use ISO 4217, for example EUR."
        )
    return Asset(code, _SCALES.get(code, 2))


def decimal_text(minor_units: int, scale: int) -> str:
    """An integer count of minor units as a decimal string: (123, 2) -> '1.23'."""
    digits = str(abs(minor_units)).rjust(scale + 1, "0")
    sign = "-" if minor_units < 0 else ""
    if scale == 0:
        return sign + digits
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}"


def parse_signed(text: str, asset: Asset) -> Money:
    """A decimal string as money. Digits beyond the asset's scale must be zero, else refused."""
    found = _DECIMAL.fullmatch(text.strip())
    if not found:
        raise InvalidAmount(
            f"{text[:40]!r} is not a decimal amount",
            remedy="Write digits with a dot, without thousands separators: 1250.00",
        )
    sign, whole, fraction = found[1], found[2], found[3] or ""
    kept, rest = fraction[: asset.scale], fraction[asset.scale :]
    if rest.strip("0"):
        raise InvalidAmount(
            f"{text[:40]} has more than {asset.scale} decimals, which {asset.code} does not have",
            remedy=f"Send at most {asset.scale} decimals.",
        )
    minor_units = int(whole + kept.ljust(asset.scale, "0"))
    return Money(-minor_units if sign == "-" else minor_units, asset)


def parse_positive(text: str, asset: Asset) -> Money:
    """Like `parse_signed`, and the amount must be above zero."""
    money = parse_signed(text, asset)
    if money.minor_units <= 0:
        raise InvalidAmount(f"{text[:40]} is not above zero", remedy="Send a positive amount.")
    return money


def from_chain(raw: int, decimals: int, asset: Asset) -> Money:
    """An on-chain integer as money of `asset`; a remainder is an error, never rounding."""
    if decimals < asset.scale:
        return Money(raw * 10 ** (asset.scale - decimals), asset)
    minor_units, remainder = divmod(raw, 10 ** (decimals - asset.scale))
    if remainder:
        raise InvalidAmount(
            f"{raw} units with {decimals} decimals leave a remainder in {asset.code}",
            remedy="Deploy the token with the currency's own number of decimals.",
        )
    return Money(minor_units, asset)


def to_chain(money: Money, decimals: int) -> int:
    """Money as the token's integer; the reverse of `from_chain`, with the same refusal."""
    if decimals >= money.asset.scale:
        return money.minor_units * int(10 ** (decimals - money.asset.scale))
    raw, remainder = divmod(money.minor_units, 10 ** (money.asset.scale - decimals))
    if remainder:
        raise InvalidAmount(f"{money} does not fit a token with {decimals} decimals")
    return int(raw)
