// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TickPrice} from "../libraries/TickPrice.sol";

/// @title Lets a test ask the library
contract TickPriceProbe {
    function convert(int24 tick, uint256 amount, bool fromToken0) external pure returns (uint256) {
        return TickPrice.convert(tick, amount, fromToken0);
    }
}
