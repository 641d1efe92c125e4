// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NO_RECEIVE, NO_SEND, ALLOWED} from "../../contracts/libraries/AccountWord.sol";
import {DepositToken} from "../../contracts/token/DepositToken.sol";
import {Rights} from "./Rights.sol";
import {svm, vm} from "./Symbolic.sol";

/// @notice A token in any state at all: every word of its storage may hold anything. What a proof
/// may assume of it is said by `_sound`, and each proof shows that it still holds afterwards.
abstract contract TokenState {
    uint32 internal constant PAUSE_TRANSFER = 1;
    uint32 internal constant PAUSE_SUPPLY = 2;
    uint32 internal constant PAUSE_SETTLE = 4;

    // ERC-7201 places of OpenZeppelin's AccessManaged and EIP712 (its name is the third word).
    bytes32 private constant AUTHORITY =
        0xf3177357ab46d8af007ab3fdb9af81da189e1068fefdc0073dca88a2cab40a00;
    uint256 private constant DOMAIN =
        0xa16a46d94261c7517cc8ff89f61c0ce93598e3c849801011dee649a6a557d100;

    DepositToken internal token;
    Rights internal rights;

    function setUp() public virtual {
        token = new DepositToken();
        rights = new Rights();
        svm.enableSymbolicStorage(address(token));
        svm.enableSymbolicStorage(address(rights));
        vm.store(address(token), AUTHORITY, bytes32(uint256(uint160(address(rights)))));
        // A short string as Solidity stores it: its letters, then twice its length.
        bytes32 name = bytes32(bytes("Deposits")) | bytes32(uint256(16));
        vm.store(address(token), bytes32(DOMAIN + 2), name);
    }

    /// @dev I1 and I2 of one account: it holds no more than it has, and has no more than there is.
    function _sound(address one) internal view {
        vm.assume(token.heldOf(one) <= token.balanceOf(one));
        vm.assume(token.balanceOf(one) <= token.totalSupply());
    }

    /// @dev The same of two, whose balances are parts of one supply.
    function _sound(address one, address other) internal view {
        _sound(one);
        _sound(other);
        if (one == other) return;
        vm.assume(token.balanceOf(one) + token.balanceOf(other) <= token.totalSupply());
    }

    function _holds(address one) internal view returns (bool) {
        return token.heldOf(one) <= token.balanceOf(one)
            && token.balanceOf(one) <= token.totalSupply();
    }

    function _paused(uint32 bits) internal view returns (bool) {
        return token.pauseBits() & bits != 0;
    }

    function _barredFromSending(address account) internal view returns (bool) {
        return token.flagsOf(account) & (ALLOWED | NO_SEND) != ALLOWED;
    }

    function _barredFromReceiving(address account) internal view returns (bool) {
        return token.flagsOf(account) & (ALLOWED | NO_RECEIVE) != ALLOWED;
    }
}
