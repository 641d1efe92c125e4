// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title An account that is a contract, in every mood that such a one may have
/// @notice Signs what its owner's key has signed (ERC-1271), until it is told otherwise; for tests.
contract ContractAccount is IERC1271 {
    enum Mood {
        Honest,
        Refusing,
        Silent,
        Reverting
    }

    error NotToday();

    address private immutable _owner;
    Mood private _mood;

    constructor(address owner) {
        _owner = owner;
    }

    function become(Mood mood) external {
        _mood = mood;
    }

    function execute(address target, bytes calldata data) external returns (bytes memory) {
        return Address.functionCall(target, data);
    }

    function isValidSignature(bytes32 hash, bytes calldata signature)
        external
        view
        returns (bytes4)
    {
        if (_mood == Mood.Reverting) revert NotToday();
        if (_mood == Mood.Silent) _stop();
        bool signed = ECDSA.recover(hash, signature) == _owner;
        bool accepted = signed && _mood == Mood.Honest;
        return accepted ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    function _stop() private pure {
        // Succeeds with nothing to show, as an account does that knows no signatures.
        assembly {
            return(0, 0)
        }
    }
}
