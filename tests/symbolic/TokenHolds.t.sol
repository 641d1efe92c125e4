// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms} from "../../contracts/interfaces/IDepositToken.sol";
import {anyShare, anyTerms} from "./AnyTerms.sol";
import {TokenState} from "./TokenState.sol";
import {vm} from "./Symbolic.sol";

/// @notice I2: the held amount of an account is the sum of its open holds: a hold adds its amount
/// when it opens and takes exactly that away when it closes. I10: a hold opens once and closes
/// once, so it is executed or released and never both.
contract TokenHolds is TokenState {
    function check_I2_createHold(address caller) public {
        HoldTerms memory terms = anyTerms();
        _sound(terms.holder);
        bytes32 id = token.holdId(terms);
        HoldState state = token.holdState(id);
        uint256 held = token.heldOf(terms.holder);
        uint256 balance = token.balanceOf(terms.holder);
        uint256 available = token.availableOf(terms.holder);
        vm.prank(caller);
        token.createHold(terms);
        assert(state == HoldState.None && token.holdState(id) == HoldState.Open);
        assert(caller == terms.holder && terms.amount <= available);
        assert(token.heldOf(terms.holder) == held + terms.amount);
        assert(token.balanceOf(terms.holder) == balance);
        assert(_holds(terms.holder));
    }

    function check_I2_executeHold(address caller, uint256 amount) public {
        HoldTerms memory terms = anyTerms();
        _sound(terms.holder, terms.recipient);
        bytes32 id = token.holdId(terms);
        HoldState state = token.holdState(id);
        uint256 held = token.heldOf(terms.holder);
        // The sum of open holds, of which this one is a part.
        vm.assume(terms.amount <= held);
        uint256 balance = token.balanceOf(terms.holder);
        vm.prank(caller);
        token.executeHold(terms, amount);
        assert(state == HoldState.Open && token.holdState(id) == HoldState.Closed);
        assert(caller == terms.notary && block.timestamp < terms.expiry);
        assert(token.heldOf(terms.holder) == held - terms.amount);
        if (terms.holder != terms.recipient) {
            assert(token.balanceOf(terms.holder) == balance - amount);
        }
        assert(_holds(terms.holder) && _holds(terms.recipient));
    }

    function check_I2_releaseHold(address caller) public {
        HoldTerms memory terms = anyTerms();
        _sound(terms.holder);
        bytes32 id = token.holdId(terms);
        HoldState state = token.holdState(id);
        uint256 held = token.heldOf(terms.holder);
        vm.assume(terms.amount <= held);
        uint256 balance = token.balanceOf(terms.holder);
        vm.prank(caller);
        token.releaseHold(terms);
        assert(state == HoldState.Open && token.holdState(id) == HoldState.Closed);
        assert(
            caller == terms.notary || caller == terms.recipient || block.timestamp >= terms.expiry
        );
        assert(token.heldOf(terms.holder) == held - terms.amount);
        assert(token.balanceOf(terms.holder) == balance);
    }

    function check_I2_burnHeld(address caller, uint256 amount) public {
        HoldTerms memory terms = anyTerms();
        _sound(terms.holder);
        bytes32 id = token.holdId(terms);
        HoldState state = token.holdState(id);
        uint256 held = token.heldOf(terms.holder);
        vm.assume(terms.amount <= held);
        uint256 balance = token.balanceOf(terms.holder);
        uint256 supply = token.totalSupply();
        vm.prank(caller);
        token.burnHeld(terms, amount);
        assert(state == HoldState.Open && token.holdState(id) == HoldState.Closed);
        assert(rights.has(caller, token.burn.selector));
        assert(caller == terms.notary && caller == terms.recipient);
        assert(token.heldOf(terms.holder) == held - terms.amount);
        assert(token.balanceOf(terms.holder) == balance - amount);
        assert(token.totalSupply() == supply - amount);
        assert(_holds(terms.holder));
    }

    /// @notice A hold shared out: all that leaves it arrives.
    function check_I2_executeHolds(address caller, address payee) public {
        (
            HoldTerms[] memory holds,
            uint256[] memory amounts,
            address[] memory payees,
            uint256[] memory due
        ) = anyShare(payee);
        address holder = holds[0].holder;
        _sound(holder, payee);
        vm.assume(holds[0].amount <= token.heldOf(holder));
        bytes32 id = token.holdId(holds[0]);
        HoldState state = token.holdState(id);
        uint256 sum = token.balanceOf(holder) + (holder == payee ? 0 : token.balanceOf(payee));
        uint256 held = token.heldOf(holder);
        vm.prank(caller);
        token.executeHolds(holds, amounts, payees, due);
        assert(state == HoldState.Open && token.holdState(id) == HoldState.Closed);
        assert(caller == holds[0].notary && caller == holds[0].recipient);
        assert(amounts[0] == due[0]);
        assert(token.heldOf(holder) == held - holds[0].amount);
        assert(token.balanceOf(holder) + (holder == payee ? 0 : token.balanceOf(payee)) == sum);
        assert(_holds(holder) && _holds(payee));
    }

    function check_I10_closed_is_the_end(address caller, uint256 amount) public {
        HoldTerms memory terms = anyTerms();
        vm.assume(token.holdState(token.holdId(terms)) == HoldState.Closed);
        vm.prank(caller);
        (bool opened,) = address(token).call(abi.encodeCall(token.createHold, (terms)));
        vm.prank(caller);
        (bool paid,) = address(token).call(abi.encodeCall(token.executeHold, (terms, amount)));
        vm.prank(caller);
        (bool burned,) = address(token).call(abi.encodeCall(token.burnHeld, (terms, amount)));
        vm.prank(caller);
        (bool released,) = address(token).call(abi.encodeCall(token.releaseHold, (terms)));
        assert(!opened && !paid && !burned && !released);
    }

    /// @notice I11: from expiry on anyone releases, whatever is paused, frozen or at an end.
    function check_I11_expired_is_releasable(address caller) public {
        HoldTerms memory terms = anyTerms();
        vm.assume(token.holdState(token.holdId(terms)) == HoldState.Open);
        vm.assume(block.timestamp >= terms.expiry);
        vm.prank(caller);
        (bool released,) = address(token).call(abi.encodeCall(token.releaseHold, (terms)));
        assert(released);
    }

    function witness_executeHold(address caller, uint256 amount) public {
        HoldTerms memory terms = anyTerms();
        _sound(terms.holder, terms.recipient);
        vm.prank(caller);
        token.executeHold(terms, amount);
        assert(terms.holder == terms.recipient);
    }

    function witness_burnHeld(address caller, uint256 amount) public {
        HoldTerms memory terms = anyTerms();
        _sound(terms.holder);
        vm.prank(caller);
        token.burnHeld(terms, amount);
        assert(false);
    }
}
