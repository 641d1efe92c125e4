// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IDepositHolds} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";

/// @notice Code of a token that only counts holds, so that held money can be spent; or that keeps
/// what was released.
contract LooseToken {
    address private immutable _real;
    bool private immutable _spends;
    uint256 private _count;

    constructor(address real, bool spends) {
        _real = real;
        _spends = spends;
    }

    function proxiableUUID() external pure returns (bytes32) {
        return ERC1967Utils.IMPLEMENTATION_SLOT;
    }

    fallback(bytes calldata data) external returns (bytes memory answer) {
        bool closes = msg.sig == IDepositHolds.executeHold.selector
            || msg.sig == IDepositHolds.releaseHold.selector;
        if (_spends && msg.sig == IDepositHolds.createHold.selector) {
            ++_count;
            return abi.encode(bytes32(0));
        }
        if (_spends && closes) return "";
        answer = Address.functionDelegateCall(_real, data);
        if (msg.sig == IDepositHolds.releaseHold.selector) ++_count;
        if (msg.sig == IDepositToken.heldOf.selector) {
            answer = abi.encode(abi.decode(answer, (uint256)) + _count);
        }
    }
}
