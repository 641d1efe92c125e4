"""The desk: with which contracts and which keys the bank settles.

In: the record of a deployment, addresses of the node's signers. Out: `Desk`.
Called by: app (composes it); service, onboarding and tracker here.
"""

from __future__ import annotations

from dataclasses import dataclass

from node.bindings import clearing_accounts
from node.chain.deployments import ENGINE, DeployedContract, Deployment
from node.core.ids import wallet_key
from node.core.types import Address, ChainId
from node.ledger import chart
from node.ledger.chart import AccountSpec
from node.settlement.wallet import CurrencyNotTokenised


@dataclass(frozen=True, slots=True)
class Desk:
    """Contracts and signers; no two of the signers should be one key."""

    deployment: Deployment
    issuer: Address
    attestor: Address
    compliance: Address
    funder: Address  # pays the gas of custodial wallets
    settler: Address  # runs the settlement engine for all parties

    @property
    def chain_id(self) -> ChainId:
        """The chain the bank settles on."""
        return self.deployment.chain_id

    def token(self, currency: str) -> DeployedContract:
        """The deposit token of a currency. Raises `CurrencyNotTokenised`."""
        self._check(currency)
        return self.deployment.token(currency)

    def gate(self, currency: str) -> DeployedContract:
        """The issuance gate of a currency. Raises `CurrencyNotTokenised`."""
        self._check(currency)
        return self.deployment.gate(currency)

    @property
    def engine(self) -> DeployedContract:
        """The settlement engine."""
        return self.deployment.contract(ENGINE)

    def account(self, currency: str, address: str) -> AccountSpec:
        """The account of what an address holds: a customer's wallet, or a contract of ours."""
        wallet = chart.wallet(currency, address)
        return clearing_accounts(self.deployment.contracts).get(wallet.code, wallet)

    def name_of(self, address: str) -> str:
        """The name of a contract of ours at an address; empty where none is."""
        found = (each for each in self.deployment.contracts if wallet_key(each.address) == address)
        return next((each.contract for each in found), "")

    def _check(self, currency: str) -> None:
        if currency not in self.deployment.currencies:
            raise CurrencyNotTokenised(
                f"the bank has no deposit token in {currency[:20]!r}",
                remedy=f"Use one of: {', '.join(self.deployment.currencies) or 'none deployed'}.",
            )
