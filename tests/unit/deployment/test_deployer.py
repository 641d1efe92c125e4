"""An account of the keystore deploys: refused when its key is absent, else its own signature."""

from __future__ import annotations

from pathlib import Path

import pytest
from eth_account import Account

from node.core.types import Address
from node.submission.deployer import KeystoreDeployer
from node.submission.signer import KeystoreSigner, KeyUnknown
from tests.support.deployment import CHAIN_ID, account


def signed(deployer: KeystoreDeployer, to: Address | None) -> bytes:
    return deployer.sign(
        chain_id=CHAIN_ID, nonce=0, to=to, data="0x00", gas=100_000, fee_wei=10, tip_wei=1
    )


def test_an_account_without_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyUnknown, match=str(account(1))):
        KeystoreDeployer(KeystoreSigner(tmp_path, "secret"), account(1))


@pytest.mark.parametrize("to", [None, account(2)])
def test_it_signs_as_its_account(tmp_path: Path, to: Address | None) -> None:
    keys = KeystoreSigner(tmp_path, "secret")
    deployer = KeystoreDeployer(keys, keys.create("deployer"))
    raw = signed(deployer, to)
    assert Account.recover_transaction(raw).lower() == deployer.address
    assert signed(deployer, to) == raw
