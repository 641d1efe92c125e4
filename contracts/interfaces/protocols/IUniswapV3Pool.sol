// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What is asked of a Uniswap v3 pool
interface IUniswapV3Pool {
    /// @notice Who made it.
    function factory() external view returns (address);

    /// @notice Its fee in millionths.
    function fee() external view returns (uint24);

    /// @notice The token with the lower address; the price is told in the other.
    function token0() external view returns (address);

    /// @notice Price and tick of this moment, and where the observations stand.
    function slot0()
        external
        view
        returns (
            uint160 sqrtPriceX96,
            int24 tick,
            uint16 observationIndex,
            uint16 observationCardinality,
            uint16 observationCardinalityNext,
            uint8 feeProtocol,
            bool unlocked
        );

    /// @notice One of the ring of observations.
    function observations(uint256 index)
        external
        view
        returns (
            uint32 blockTimestamp,
            int56 tickCumulative,
            uint160 secondsPerLiquidityCumulativeX128,
            bool initialized
        );

    /// @notice Sums of the tick over time, as of so many seconds ago.
    function observe(uint32[] calldata secondsAgos)
        external
        view
        returns (
            int56[] memory tickCumulatives,
            uint160[] memory secondsPerLiquidityCumulativeX128s
        );
}
