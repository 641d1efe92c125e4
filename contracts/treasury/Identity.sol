// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITreasuryAdapter} from "../interfaces/ITreasuryAdapter.sol";

/// @title Whether a venue is what its terms say
library Identity {
    function requireSame(address venue, address expected, address found) internal pure {
        if (found != expected) revert ITreasuryAdapter.VenueMismatch(venue, expected, found);
    }
}
