// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title Code that passes for a token's and is not
/// @notice Does all that the real code does, but for one function: that one answers with one bit
/// flipped, or lets everybody in and does nothing. For tests.
contract TokenImpostor {
    address private immutable _real;
    bytes4 private immutable _changed;
    uint256 private immutable _place;

    /// @param place Byte of the answer in which a bit flips; the greatest number opens the
    /// function.
    constructor(address real, bytes4 changed, uint256 place) {
        _real = real;
        _changed = changed;
        _place = place;
    }

    function proxiableUUID() external pure returns (bytes32) {
        return ERC1967Utils.IMPLEMENTATION_SLOT;
    }

    fallback(bytes calldata data) external returns (bytes memory answer) {
        bool changed = msg.sig == _changed;
        if (changed && _place == type(uint256).max) return "";
        answer = Address.functionDelegateCall(_real, data);
        if (changed) answer[_place] ^= 0x01;
    }
}
