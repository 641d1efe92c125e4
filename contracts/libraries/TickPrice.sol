// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What a tick of Uniswap v3 means: a price of 1.0001 ** tick
library TickPrice {
    uint256 private constant ONE = 2 ** 96;
    uint256 private constant BASE = ONE + ONE / 10_000;

    /// @notice `amount` of token0 in token1 at the tick, or of token1 in token0.
    function convert(int24 tick, uint256 amount, bool fromToken0) internal pure returns (uint256) {
        uint256 price = _power(tick < 0 ? uint24(-tick) : uint24(tick));
        return fromToken0 == (tick >= 0)
            ? Math.mulDiv(amount, price, ONE)
            : Math.mulDiv(amount, ONE, price);
    }

    /// @dev By squaring; a pool's ticks stay below 2 ** 20, at which the last square has 248 bits.
    function _power(uint24 exponent) private pure returns (uint256 power) {
        power = ONE;
        uint256 square = BASE;
        for (uint256 left = exponent; left != 0; left >>= 1) {
            if (left & 1 == 1) power = Math.mulDiv(power, square, ONE);
            square = Math.mulDiv(square, square, ONE);
        }
    }
}
