// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title A payer that is a contract and means harm while it is asked for its signature
/// @notice For tests.
contract HostileAccount is IERC1271 {
    enum Mood {
        Accepting,
        Refusing,
        Burning,
        Bombing,
        Entering // calls back, then accepts
    }

    Mood private _mood;
    address private _target;
    bytes private _entry;

    function become(Mood mood, address target, bytes calldata entry) external {
        (_mood, _target, _entry) = (mood, target, entry);
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        if (_mood == Mood.Refusing) return bytes4(0);
        while (_mood == Mood.Burning) {}
        if (_mood == Mood.Bombing) _fail();
        if (_mood == Mood.Entering) _enter();
        return IERC1271.isValidSignature.selector;
    }

    function _enter() private view {
        // Whatever it tries: it is asked in a static call, and so is all that it calls.
        (bool entered,) = _target.staticcall(_entry);
        assert(!entered);
    }

    function _fail() private pure {
        assembly {
            revert(mload(0x40), 1048576)
        }
    }
}
