// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../contracts/interfaces/IDepositToken.sol";
import {anyShare, anyTerms} from "./AnyTerms.sol";
import {TokenState} from "./TokenState.sol";
import {svm, vm} from "./Symbolic.sol";

/// @notice I7: while it is paused for them, while the payer may not send, or while the payee may
/// not receive, no money moves. One proof for each way in which money moves; each fails on the
/// first state in which a call goes through although it should have been stopped.
contract TokenStops is TokenState {
    function check_I7_transfer(address from, address to, uint256 amount) public {
        bool stopped = _stopped(PAUSE_TRANSFER, from, to);
        vm.prank(from);
        token.transfer(to, amount);
        assert(!stopped);
    }

    function check_I7_transferFrom(address caller, address from, address to, uint256 amount)
        public
    {
        bool stopped = _stopped(PAUSE_TRANSFER, from, to);
        vm.prank(caller);
        token.transferFrom(from, to, amount);
        assert(!stopped);
    }

    function check_I7_transferWithRef(address from, address to, uint256 amount) public {
        bool stopped = _stopped(PAUSE_TRANSFER, from, to);
        vm.prank(from);
        token.transferWithRef(to, amount, svm.createBytes32("ref"));
        assert(!stopped);
    }

    function check_I7_transferWithAuthorization(address caller, address from, address to) public {
        bool stopped = _stopped(PAUSE_TRANSFER, from, to);
        vm.prank(caller);
        token.transferWithAuthorization(
            from,
            to,
            svm.createUint256("value"),
            svm.createUint256("validAfter"),
            svm.createUint256("validBefore"),
            svm.createBytes32("nonce"),
            svm.createBytes(65, "signature")
        );
        assert(!stopped);
    }

    function check_I7_receiveWithAuthorization(address from, address to) public {
        bool stopped = _stopped(PAUSE_TRANSFER, from, to);
        vm.prank(to);
        token.receiveWithAuthorization(
            from,
            to,
            svm.createUint256("value"),
            svm.createUint256("validAfter"),
            svm.createUint256("validBefore"),
            svm.createBytes32("nonce"),
            svm.createBytes(65, "signature")
        );
        assert(!stopped);
    }

    function check_I7_settleTransfer(address caller, address from, address to) public {
        bool stopped = _stopped(PAUSE_SETTLE, from, to);
        vm.prank(caller);
        token.settleTransfer(
            from,
            to,
            svm.createUint256("amount"),
            svm.createBytes32("instruction"),
            svm.createUint256("nonce"),
            svm.createUint256("deadline"),
            svm.createBytes(65, "signature")
        );
        assert(!stopped);
    }

    function check_I7_createHold(address caller) public {
        HoldTerms memory terms = anyTerms();
        _sound(terms.holder);
        bool stopped = _paused(PAUSE_SETTLE) || _barredFromSending(terms.holder);
        vm.prank(caller);
        token.createHold(terms);
        assert(!stopped);
    }

    function check_I7_executeHold(address caller, uint256 amount) public {
        HoldTerms memory terms = anyTerms();
        bool stopped = _stopped(PAUSE_SETTLE, terms.holder, terms.recipient);
        // An open hold is a part of what is held: TokenHolds.
        vm.assume(terms.amount <= token.heldOf(terms.holder));
        vm.prank(caller);
        token.executeHold(terms, amount);
        assert(!stopped);
    }

    function check_I7_executeHolds(address caller, address payee) public {
        (
            HoldTerms[] memory holds,
            uint256[] memory amounts,
            address[] memory payees,
            uint256[] memory due
        ) = anyShare(payee);
        bool stopped = _stopped(PAUSE_SETTLE, holds[0].holder, payee);
        vm.assume(holds[0].amount <= token.heldOf(holds[0].holder));
        vm.prank(caller);
        token.executeHolds(holds, amounts, payees, due);
        assert(!stopped);
    }

    function check_I7_mint(address caller, address to, uint256 amount) public {
        _sound(to);
        bool stopped = _paused(PAUSE_SUPPLY) || _barredFromReceiving(to);
        vm.prank(caller);
        token.mint(to, amount);
        assert(!stopped);
    }

    function check_I7_burn(address caller, address from, uint256 amount) public {
        _sound(from);
        bool stopped = _paused(PAUSE_SUPPLY) || _barredFromSending(from);
        vm.prank(caller);
        token.burn(from, amount);
        assert(!stopped);
    }

    function check_I7_burnHeld(address caller, uint256 amount) public {
        HoldTerms memory terms = anyTerms();
        _sound(terms.holder);
        bool stopped = _paused(PAUSE_SUPPLY) || _paused(PAUSE_SETTLE);
        stopped = stopped || _barredFromSending(terms.holder);
        vm.prank(caller);
        token.burnHeld(terms, amount);
        assert(!stopped);
    }

    /// @notice What is frozen of an account cannot be spent, held or burned.
    function check_I7_frozen_amount_stays(address from, address to, uint256 amount) public {
        _sound(from);
        uint256 frozen = token.getFrozenTokens(from);
        // The token keeps the flag that says so: TokenFreezes.
        vm.assume(frozen == 0 || token.flagsOf(from) & 8 != 0);
        vm.assume(from != to);
        uint256 unheld = token.balanceOf(from) - token.heldOf(from);
        vm.prank(from);
        token.transfer(to, amount);
        assert(amount == 0 || amount + frozen <= unheld);
    }

    function check_I7_freeze_is_flagged(address caller, address account, uint256 amount) public {
        vm.prank(caller);
        token.setFrozenTokens(account, amount);
        assert((token.flagsOf(account) & 8 != 0) == (amount != 0));
        assert(token.getFrozenTokens(account) == amount);
    }

    function check_I7_forced_only_by_role(address caller, address from, address to, uint256 amount)
        public
    {
        _sound(from, to);
        uint256 before = token.balanceOf(from);
        vm.assume(from != to);
        vm.prank(caller);
        token.forcedTransfer(
            from, to, amount, svm.createBytes32("ref"), svm.createBytes32("basis")
        );
        bytes4 force =
            bytes4(keccak256("forcedTransfer(address,address,uint256,bytes32,bytes32)"));
        assert(rights.has(caller, force));
        assert(token.balanceOf(from) <= before);
        assert(token.pauseBits() & 8 == 0);
        assert(!_barredFromReceiving(to));
    }

    function witness_settleTransfer(address caller, address from, address to) public {
        vm.prank(caller);
        token.settleTransfer(
            from,
            to,
            svm.createUint256("amount"),
            svm.createBytes32("instruction"),
            svm.createUint256("nonce"),
            svm.createUint256("deadline"),
            svm.createBytes(65, "signature")
        );
        assert(from == to);
    }

    function _stopped(uint32 bits, address from, address to) private view returns (bool) {
        _sound(from, to);
        return _paused(bits) || _barredFromSending(from) || _barredFromReceiving(to);
    }
}
