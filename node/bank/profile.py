"""How a bank draws up its statements, where banks differ.

In: nothing. Out: `Closing`. Called by: gate and importer here; settlement sets it for an account.
"""

from __future__ import annotations

from enum import StrEnum


class Closing(StrEnum):
    """Which lines a closing balance holds.

    Most banks count what they have booked. Some leave out what is booked today and valued later,
    as PostFinance does, and count it in the closing balance of its value date.
    """

    BOOKED = "BOOKED"
    VALUED = "VALUED"
