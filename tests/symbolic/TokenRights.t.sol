// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../contracts/interfaces/IDepositToken.sol";
import {anyTerms} from "./AnyTerms.sol";
import {TokenState} from "./TokenState.sol";
import {svm, vm} from "./Symbolic.sol";

/// @notice I4: whoever has no signature, allowance, open hold or role lowers neither the balance of
/// somebody else nor what somebody else may spend. One proof for each way in.
contract TokenRights is TokenState {
    struct Position {
        uint256 balance;
        uint256 available;
    }

    function check_I4_transfer(address caller, address other, address to, uint256 amount) public {
        vm.assume(other != caller);
        _sound(caller, to);
        Position memory before = _position(other);
        vm.prank(caller);
        token.transfer(to, amount);
        _assertNotLower(other, before);
    }

    function check_I4_transferWithRef(address caller, address other, address to, uint256 amount)
        public
    {
        vm.assume(other != caller);
        _sound(caller, to);
        Position memory before = _position(other);
        vm.prank(caller);
        token.transferWithRef(to, amount, svm.createBytes32("ref"));
        _assertNotLower(other, before);
    }

    function check_I4_transferFrom(
        address caller,
        address other,
        address from,
        address to,
        uint256 amount
    ) public {
        uint256 allowed = token.allowance(from, caller);
        vm.assume(other != from || allowed < amount);
        _sound(from, to);
        Position memory before = _position(other);
        vm.prank(caller);
        token.transferFrom(from, to, amount);
        _assertNotLower(other, before);
        assert(allowed >= amount);
        assert(allowed == type(uint256).max || token.allowance(from, caller) == allowed - amount);
    }

    function check_I4_approve(address caller, address other, address spender, uint256 amount)
        public
    {
        vm.assume(other != caller);
        uint256 before = token.allowance(other, spender);
        vm.prank(caller);
        token.approve(spender, amount);
        assert(token.allowance(other, spender) == before);
    }

    function check_I4_createHold(address caller, address other) public {
        vm.assume(other != caller);
        HoldTerms memory terms = anyTerms();
        Position memory before = _position(other);
        vm.prank(caller);
        token.createHold(terms);
        _assertNotLower(other, before);
    }

    /// @notice A notary takes only what its holder has put on hold: nothing that could be spent.
    function check_I4_executeHold_spends_what_is_held(address caller, uint256 amount) public {
        HoldTerms memory terms = anyTerms();
        vm.assume(terms.holder != terms.recipient);
        _sound(terms.holder, terms.recipient);
        vm.assume(terms.amount <= token.heldOf(terms.holder));
        uint256 balance = token.balanceOf(terms.holder);
        uint256 held = token.heldOf(terms.holder);
        vm.prank(caller);
        token.executeHold(terms, amount);
        assert(amount <= terms.amount);
        assert(token.balanceOf(terms.holder) == balance - amount);
        assert(token.heldOf(terms.holder) == held - terms.amount);
    }

    function check_I4_executeHold_leaves_others(address caller, address other, uint256 amount)
        public
    {
        HoldTerms memory terms = anyTerms();
        vm.assume(other != terms.holder && other != terms.recipient);
        uint256 balance = token.balanceOf(other);
        uint256 held = token.heldOf(other);
        vm.prank(caller);
        token.executeHold(terms, amount);
        assert(token.balanceOf(other) == balance && token.heldOf(other) == held);
    }

    function check_I4_releaseHold(address caller, address other) public {
        HoldTerms memory terms = anyTerms();
        vm.assume(terms.amount <= token.heldOf(terms.holder));
        uint256 balance = token.balanceOf(other);
        uint256 held = token.heldOf(other);
        uint256 frozen = token.getFrozenTokens(other);
        vm.prank(caller);
        token.releaseHold(terms);
        // Of these three follows what is available.
        assert(token.balanceOf(other) == balance && token.getFrozenTokens(other) == frozen);
        assert(token.heldOf(other) <= held);
    }

    function check_I4_settleTransfer(
        address caller,
        address from,
        address to,
        uint256 amount,
        bytes32 instruction,
        uint256 nonce,
        uint256 deadline
    ) public {
        (bytes32 r, bytes32 s, uint8 v) = _anySignature();
        bytes32 content = keccak256(
            abi.encode(
                keccak256(
                    "SettlementTransfer(address engine,address from,address to,uint256 amount,"
                    "bytes32 instruction,uint256 nonce,uint256 deadline)"
                ),
                caller,
                from,
                to,
                amount,
                instruction,
                nonce,
                deadline
            )
        );
        vm.assume(!_signed(from, content, r, s, v));
        bytes memory data = abi.encodeCall(
            token.settleTransfer,
            (from, to, amount, instruction, nonce, deadline, abi.encodePacked(r, s, v))
        );
        assert(!_accepted(caller, data));
    }

    function check_I4_permit(
        address caller,
        address owner,
        address spender,
        uint256 value,
        uint256 deadline
    ) public {
        (bytes32 r, bytes32 s, uint8 v) = _anySignature();
        bytes32 content = keccak256(
            abi.encode(
                keccak256(
                    "Permit(address owner,address spender,uint256 value,uint256 nonce,"
                    "uint256 deadline)"
                ),
                owner,
                spender,
                value,
                token.nonces(owner),
                deadline
            )
        );
        vm.assume(!_signed(owner, content, r, s, v));
        bytes memory data = abi.encodeWithSignature(
            "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
            owner,
            spender,
            value,
            deadline,
            v,
            r,
            s
        );
        assert(!_accepted(caller, data));
    }

    function check_I4_transferWithAuthorization(
        address caller,
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce
    ) public {
        (bytes32 r, bytes32 s, uint8 v) = _anySignature();
        bytes32 content = keccak256(
            abi.encode(
                keccak256(
                    "TransferWithAuthorization(address from,address to,uint256 value,"
                    "uint256 validAfter,uint256 validBefore,bytes32 nonce)"
                ),
                from,
                to,
                value,
                validAfter,
                validBefore,
                nonce
            )
        );
        vm.assume(!_signed(from, content, r, s, v));
        bytes memory data = abi.encodeWithSignature(
            "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,"
            "bytes32,bytes32)",
            from,
            to,
            value,
            validAfter,
            validBefore,
            nonce,
            v,
            r,
            s
        );
        assert(!_accepted(caller, data));
    }

    function check_I4_mint_by_role(address caller, address account, uint256 amount) public {
        _assertNeedsRole(caller, abi.encodeCall(token.mint, (account, amount)));
    }

    function check_I4_burn_by_role(address caller, address account, uint256 amount) public {
        _assertNeedsRole(caller, abi.encodeCall(token.burn, (account, amount)));
    }

    function check_I4_setAccountFlags_by_role(address caller, address account, uint32 flags)
        public
    {
        _assertNeedsRole(caller, abi.encodeCall(token.setAccountFlags, (account, flags)));
    }

    function check_I4_freeze_by_role(address caller, address account, uint32 bits) public {
        _assertNeedsRole(caller, abi.encodeCall(token.freeze, (account, bits)));
    }

    function check_I4_setFrozenTokens_by_role(address caller, address account, uint256 amount)
        public
    {
        _assertNeedsRole(caller, abi.encodeCall(token.setFrozenTokens, (account, amount)));
    }

    function check_I4_pause_by_role(address caller, uint32 bits) public {
        _assertNeedsRole(caller, abi.encodeCall(token.pause, (bits)));
    }

    function check_I4_unpause_by_role(address caller, uint32 bits) public {
        _assertNeedsRole(caller, abi.encodeCall(token.unpause, (bits)));
    }

    function check_I4_deactivate_by_role(address caller) public {
        _assertNeedsRole(caller, abi.encodeCall(token.deactivate, ()));
    }

    /// @notice A payer's signature pays once: a settlement nonce that was used is used for ever.
    function check_I4_settlement_nonce_once(address caller, address from, address to, uint256 nonce)
        public
    {
        vm.assume(token.isSettlementNonceUsed(from, nonce));
        bytes memory data = abi.encodeCall(
            token.settleTransfer,
            (
                from,
                to,
                svm.createUint256("amount"),
                svm.createBytes32("instruction"),
                nonce,
                svm.createUint256("deadline"),
                svm.createBytes(65, "signature")
            )
        );
        assert(!_accepted(caller, data));
        assert(token.isSettlementNonceUsed(from, nonce));
    }

    function witness_transferFrom(address caller, address from, address to, uint256 amount) public {
        vm.prank(caller);
        token.transferFrom(from, to, amount);
        assert(amount == 0 || from == caller);
    }

    function _position(address account) private view returns (Position memory) {
        _sound(account);
        return Position(token.balanceOf(account), token.availableOf(account));
    }

    function _assertNotLower(address account, Position memory before) private view {
        assert(token.balanceOf(account) >= before.balance);
        assert(token.availableOf(account) >= before.available);
    }

    function _assertNeedsRole(address caller, bytes memory data) private {
        if (_accepted(caller, data)) assert(rights.has(caller, bytes4(data)));
    }

    function _accepted(address caller, bytes memory data) private returns (bool accepted) {
        vm.prank(caller);
        (accepted,) = address(token).call(data);
    }

    function _anySignature() private pure returns (bytes32 r, bytes32 s, uint8 v) {
        r = svm.createBytes32("r");
        s = svm.createBytes32("s");
        v = uint8(svm.createUint256("v"));
    }

    function _signed(address account, bytes32 content, bytes32 r, bytes32 s, uint8 v)
        private
        view
        returns (bool)
    {
        bytes32 digest =
            keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content));
        address signer = ecrecover(digest, v, r, s);
        return signer != address(0) && signer == account;
    }
}
