// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TokenState} from "./TokenState.sol";
import {svm, vm} from "./Symbolic.sol";

/// @notice I3: money moves, it is neither made nor lost; nobody else's account changes. And I2 and
/// I1 of the accounts that are touched hold again afterwards.
contract TokenMovements is TokenState {
    function check_I3_transfer(address from, address to, address third, uint256 amount) public {
        uint256 sum = _before(from, to, third);
        uint256 elsewhere = token.balanceOf(third);
        vm.prank(from);
        token.transfer(to, amount);
        _after(from, to, sum);
        assert(token.balanceOf(third) == elsewhere);
    }

    function check_I3_transferFrom(
        address spender,
        address from,
        address to,
        address third,
        uint256 amount
    ) public {
        uint256 sum = _before(from, to, third);
        uint256 elsewhere = token.balanceOf(third);
        vm.prank(spender);
        token.transferFrom(from, to, amount);
        _after(from, to, sum);
        assert(token.balanceOf(third) == elsewhere);
    }

    function check_I3_settleTransfer(address from, address to, address third, uint256 amount)
        public
    {
        uint256 sum = _before(from, to, third);
        uint256 elsewhere = token.balanceOf(third);
        token.settleTransfer(
            from,
            to,
            amount,
            svm.createBytes32("instruction"),
            svm.createUint256("nonce"),
            svm.createUint256("deadline"),
            svm.createBytes(65, "signature")
        );
        _after(from, to, sum);
        assert(token.balanceOf(third) == elsewhere);
    }

    function check_I3_forcedTransfer(
        address enforcer,
        address from,
        address to,
        address third,
        uint256 amount
    ) public {
        uint256 sum = _before(from, to, third);
        uint256 elsewhere = token.balanceOf(third);
        uint256 held = token.heldOf(from);
        vm.prank(enforcer);
        token.forcedTransfer(
            from, to, amount, svm.createBytes32("ref"), svm.createBytes32("basis")
        );
        _after(from, to, sum);
        assert(token.balanceOf(third) == elsewhere);
        assert(token.heldOf(from) == held);
    }

    function check_I3_mint(address minter, address to, address third, uint256 amount) public {
        _sound(to);
        vm.assume(third != to);
        uint256 balance = token.balanceOf(to);
        uint256 elsewhere = token.balanceOf(third);
        uint256 supply = token.totalSupply();
        vm.prank(minter);
        token.mint(to, amount);
        assert(token.balanceOf(to) == balance + amount);
        assert(token.totalSupply() == supply + amount);
        assert(token.balanceOf(third) == elsewhere);
        assert(_holds(to));
    }

    function check_I3_burn(address minter, address from, address third, uint256 amount) public {
        _sound(from);
        vm.assume(third != from);
        uint256 balance = token.balanceOf(from);
        uint256 elsewhere = token.balanceOf(third);
        uint256 supply = token.totalSupply();
        vm.prank(minter);
        token.burn(from, amount);
        assert(token.balanceOf(from) + amount == balance);
        assert(token.totalSupply() + amount == supply);
        assert(token.balanceOf(third) == elsewhere);
        assert(_holds(from));
    }

    function witness_transfer(address from, address to, uint256 amount) public {
        _sound(from, to);
        vm.prank(from);
        token.transfer(to, amount);
        assert(from == to || amount == 0);
    }

    function witness_forcedTransfer(address enforcer, address from, address to, uint256 amount)
        public
    {
        _sound(from, to);
        vm.prank(enforcer);
        token.forcedTransfer(from, to, amount, bytes32(uint256(1)), bytes32(uint256(1)));
        assert(from == to);
    }

    function _before(address from, address to, address third) private view returns (uint256) {
        _sound(from, to);
        vm.assume(third != from && third != to);
        return from == to ? token.balanceOf(from) : token.balanceOf(from) + token.balanceOf(to);
    }

    function _after(address from, address to, uint256 sum) private view {
        uint256 now_ = token.balanceOf(from);
        assert(from == to ? now_ == sum : now_ + token.balanceOf(to) == sum);
        assert(_holds(from) && _holds(to));
    }
}
