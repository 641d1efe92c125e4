"""Aave, Uniswap and two vaults around one desk, and what the adapter's calls did to the money.

In: a chain with anvil's code sizes. Out: `World`; each accepted call is followed by the receipt's
own transfers, each of which must have been allowed. Used by the test of any order of moves.
"""

from __future__ import annotations

from collections import Counter

from node.chain import codec
from tests.contracts.chain import Chain, Contract, Receipt, Refused
from tests.contracts.treasury.aave import market
from tests.contracts.treasury.aave_core import Core
from tests.contracts.treasury.desk import AAVE_V3, ALL, DAY, ERC4626, UNIT, Desk, Terms
from tests.contracts.treasury.uniswap import ETH, PRICE, Exchange

CAP = 50_000 * UNIT
FILLED = 100_000 * UNIT
TRICKS = 10


class World:
    """`venues` by name: pool, aave, vault, hostile. Exposures are kept by what the events tell."""

    def __init__(self, chain: Chain) -> None:
        self.desk = Desk(chain)
        self.exchange = Exchange(self.desk)
        self.usd, self.eth = self.exchange.usd, self.exchange.eth
        self.market = market(self.desk, Core(), (self.usd, self.eth))
        self.market.supply(self.desk.whale, self.usd, FILLED)
        self.vault, self.hostile = self._vault("PlainVault"), self._vault("HostileVault")
        self.terms = self._terms()
        self.venues = {name: venue for name, (venue, _) in self.terms.items()}
        for venue, terms in self.terms.values():
            self.desk.allow(venue, terms)
        self.exchange.refresh()
        self.begin()

    def begin(self) -> None:
        """Nothing has happened yet."""
        self.outlays: Counter[str] = Counter()
        self.strays: Counter[str] = Counter()

    def held(self, asset: Contract) -> int:
        return int(asset.read("balanceOf", self.desk.treasury))

    def exposure(self, name: str) -> int:
        return int(self.desk.adapter.read("exposure", self.venues[name]))

    def moves(self, function: str, *args: object) -> str:
        """A call of the treasury: accepted and followed, or refused without a trace."""
        before = {each.address: self.held(each) for each in (self.usd, self.eth)}
        try:
            receipt = self.desk.adapter.send(function, *args, by=self.desk.trader)
        except Refused as refused:
            return str(refused)
        self._requires_allowed_ways(receipt)
        ((event, told),) = self.desk.adapter.events(receipt)
        self._follows(event, told, before)
        return function

    # What others do; each takes an amount of units and a percentage, and uses what it needs.

    def waits(self, _: int, percent: int) -> None:
        self.desk.wait(DAY * percent // 100)
        self.exchange.refresh()

    def gives(self, amount: int, percent: int) -> None:
        """Sends the adapter something that it did not ask for."""
        asset = self.usd if percent % 2 else self.eth
        asset.send("mint", self.desk.adapter.address, amount, by=self.desk.stranger)
        self.strays[asset.address] += amount

    def earns(self, amount: int, _: int) -> None:
        self.usd.send("mint", self.vault.address, amount, by=self.desk.whale)

    def loses(self, _: int, percent: int) -> None:
        there = self.usd.read("balanceOf", self.vault.address)
        self.usd.send("burn", self.vault.address, there * percent // 200, by=self.desk.whale)

    def borrows(self, _: int, percent: int) -> None:
        """Out of Aave, of what is idle."""
        idle = self.usd.read("balanceOf", self.market.a_usd.address)
        if amount := idle * percent // 100:
            self.market.borrow(self.desk.stranger, amount)

    def turns(self, _: int, percent: int) -> None:
        """The hostile vault changes its mind; half of the time for the better."""
        trick = percent % TRICKS if percent % 2 else 0
        self.hostile.send("play", trick, by=self.desk.attacker)

    def pushes(self, amount: int, percent: int) -> None:
        """The attacker moves the pool's price, either way."""
        dollars = amount * percent
        sold, given = self.usd, dollars
        if percent % 3:
            sold, given = self.eth, dollars * ETH // UNIT // PRICE
        self.exchange.trade(self.desk.attacker, sold, given)

    def _requires_allowed_ways(self, receipt: Receipt) -> None:
        """Out of the treasury only to the adapter, out of the adapter only to venue or treasury."""
        adapter, treasury = self.desk.adapter.address, self.desk.treasury
        ways = {treasury: {adapter}, adapter: {*self.venues.values(), treasury}}
        for log in receipt.logs:
            if log.address not in {self.usd.address, self.eth.address}:
                continue
            told = codec.decode_log(self.usd.artifact, log)
            if told and told.name == "Transfer":
                payer, payee = told.args["from"], told.args["to"]
                assert payee in ways.get(payer, {payee}), (payer, payee)

    def _follows(self, event: str, told: dict[str, str], before: dict[str, int]) -> None:
        """The event tells exactly what the treasury's balances did."""
        asset, change = told["asset"], Counter[str]()
        match event:
            case "Deployed":
                change[asset] -= int(told["assets"])
                self.outlays[told["venue"]] += int(told["assets"])
            case "Withdrawn":
                change[asset] += int(told["assets"])
                left = self.outlays[told["venue"]] - int(told["assets"])
                self.outlays[told["venue"]] = max(0, left)
            case "Swapped":
                change[asset] -= int(told["sold"])
                change[told["bought"]] += int(told["received"])
            case "Swept":
                change[asset] += int(told["amount"])
                self.strays[asset] -= int(told["amount"])
        for each in (self.usd, self.eth):
            assert self.held(each) == before[each.address] + change[each.address]

    def _vault(self, name: str) -> Contract:
        vault, whale = self.desk.mock(name, self.usd.address), self.desk.whale
        self.usd.send("mint", whale, FILLED, by=whale)
        self.usd.send("approve", vault.address, ALL, by=whale)
        vault.send("deposit", FILLED, whale, by=whale)
        return vault

    def _terms(self) -> dict[str, tuple[str, Terms]]:
        vault = Terms(ERC4626, self.usd.address, cap=CAP, floor=UNIT)
        aave = Terms(AAVE_V3, self.usd.address, gateway=self.market.provider.address, cap=CAP)
        pool = self.exchange.terms.but(cap=CAP)
        return {
            "pool": (self.exchange.pool.address, pool),
            "aave": (self.market.a_usd.address, aave),
            "vault": (self.vault.address, vault),
            "hostile": (self.hostile.address, vault),
        }
