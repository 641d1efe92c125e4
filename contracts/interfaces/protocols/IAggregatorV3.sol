// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What is asked of a Chainlink price or sequencer feed
interface IAggregatorV3 {
    /// @notice Digits behind the point of every answer.
    function decimals() external view returns (uint8);

    /// @notice The last answer. `answeredInRound` is no longer maintained and not to be used.
    function latestRoundData()
        external
        view
        returns (
            uint80 roundId,
            int256 answer,
            uint256 startedAt,
            uint256 updatedAt,
            uint80 answeredInRound
        );
}
