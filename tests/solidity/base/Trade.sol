// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {INetSettlement} from "../../../contracts/interfaces/INetSettlement.sol";
import {
    Affirmation,
    Instruction,
    ISettlementEngine,
    Leg
} from "../../../contracts/interfaces/ISettlementEngine.sol";
import {ALLOWED} from "../../../contracts/libraries/AccountWord.sol";
import {Bank} from "./Bank.sol";
import {Signing} from "./Signing.sol";
import {vm} from "./Vm.sol";

/// @notice A bank with a second currency and an engine that settles between the two.
abstract contract Trade is Bank, Signing {
    IDepositToken internal dollars;
    ISettlementEngine internal engine;

    function _buildTrade() internal {
        _build();
        dollars = _newToken("US dollar deposits", "dUSD", "USD");
        _tokenRights(dollars);
        engine = ISettlementEngine(_deploy("SettlementEngine", abi.encode(access)));
        _right(address(engine), INetSettlement.settleNet.selector, SETTLER);
        _right(address(engine), INetSettlement.releaseNetHolds.selector, SETTLER);
        _funds(dollars, alice, 1000);
        _funds(dollars, bob, 1000);
        _mint(alice, 1000);
        _mint(bob, 1000);
    }

    /// @notice Admit an account and give it money.
    function _funds(IDepositToken at, address account, uint256 amount) internal {
        vm.prank(compliance);
        at.setAccountFlags(account, ALLOWED);
        vm.prank(minter);
        at.mint(account, amount);
    }

    /// @notice Alice delivers 100 of her currency to Bob, who pays 70 of the other.
    function _exchange() internal view returns (Instruction memory trade) {
        trade.legs = new Leg[](2);
        trade.legs[0] = Leg(address(token), alice, bob, 100);
        trade.legs[1] = Leg(address(dollars), bob, alice, 70);
        trade.deadline = uint64(block.timestamp) + HOUR;
        trade.ref = _ref(1, 1);
        trade.salt = bytes32(uint256(4));
    }

    /// @notice Both payers' signatures, with nonces of their own for the trade.
    function _affirmed(Instruction memory trade) internal view returns (Affirmation[] memory list) {
        list = new Affirmation[](trade.legs.length);
        bytes32 id = engine.instructionId(trade);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i].nonce = uint256(id) % 1000 * 100 + i;
            list[i].signature = _affirmation(trade, id, i, list[i].nonce);
        }
    }

    function _affirmation(Instruction memory trade, bytes32 id, uint256 i, uint256 nonce)
        internal
        view
        returns (bytes memory)
    {
        Leg memory leg = trade.legs[i];
        uint256 key = leg.from == alice ? ALICE_KEY : BOB_KEY;
        if (leg.token != address(token) && leg.token != address(dollars)) return "";
        bytes32 digest = _settlementDigest(
            IDepositToken(leg.token),
            Settlement({
                engine: address(engine),
                from: leg.from,
                to: leg.to,
                amount: leg.amount,
                instruction: id,
                nonce: nonce,
                deadline: trade.deadline
            })
        );
        return _signed(key, digest);
    }

    /// @notice The payer of a leg opens its hold.
    function _holds(Instruction memory trade, uint256 leg)
        internal
        returns (HoldTerms memory terms)
    {
        terms = engine.holdTerms(trade)[leg];
        vm.prank(terms.holder);
        IDepositToken(trade.legs[leg].token).createHold(terms);
    }
}
