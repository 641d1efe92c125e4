// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAggregatorV3} from "../interfaces/protocols/IAggregatorV3.sol";

/// @title A price or sequencer feed that answers what it is told
/// @notice As Chainlink's, it may be kept within a floor and a ceiling of its own; for tests.
contract SettableFeed is IAggregatorV3 {
    uint8 public decimals;
    int256 private _answer;
    uint256 private _startedAt;
    uint256 private _updatedAt;
    int256 private _floor = type(int256).min;
    int256 private _ceiling = type(int256).max;

    constructor(uint8 decimals_, int256 answer) {
        decimals = decimals_;
        set(answer);
    }

    function setTimes(uint256 startedAt, uint256 updatedAt) external {
        _startedAt = startedAt;
        _updatedAt = updatedAt;
    }

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    function setClamp(int256 floor, int256 ceiling) external {
        _floor = floor;
        _ceiling = ceiling;
    }

    /// @dev As Aave asks.
    function latestAnswer() external view returns (int256) {
        return _answer;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, _answer, _startedAt, _updatedAt, 1);
    }

    function set(int256 answer) public {
        _answer = answer < _floor ? _floor : answer > _ceiling ? _ceiling : answer;
        _startedAt = block.timestamp;
        _updatedAt = block.timestamp;
    }
}
