// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DepositToken} from "../token/DepositToken.sol";

/// @title What a later version of the token looks like to an upgrade
/// @notice Adds a function and storage of its own; for tests.
contract DepositTokenNext is DepositToken {
    /// @custom:storage-location erc7201:concord.storage.DepositTokenNext
    struct NextStorage {
        bytes32 terms;
    }

    // keccak256(abi.encode(uint256(keccak256("concord.storage.DepositTokenNext")) - 1))
    //     & ~bytes32(uint256(0xff))
    bytes32 private constant NEXT_STORAGE =
        0xbc76c19f9a96bf176ba167731ddbc6783c7bd62cb3cbb3162a959f1770272600;

    function setTerms(bytes32 terms_) external restricted {
        _next().terms = terms_;
    }

    function terms() external view returns (bytes32) {
        return _next().terms;
    }

    function _next() private pure returns (NextStorage storage $) {
        assembly {
            $.slot := NEXT_STORAGE
        }
    }
}
