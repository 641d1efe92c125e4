// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ExactInputSingle} from "../../../contracts/interfaces/protocols/IUniswapV3Router.sol";

/// @notice A pool at a tick that stands still, its factory and its router in one, as the adapter
/// asks them; it pays what it is told to. The real ones are tested in Python.
contract UniswapStandIn {
    struct Observation {
        uint32 time;
        bool initialized;
    }

    address public immutable token0;
    address private immutable _token1;
    uint24 public constant fee = 500;

    int24 private _tick;
    int56 private _average;
    uint16 private _index;
    uint16 private _cardinality = 2;
    Observation[2] private _observations;
    uint256 private _pays;
    uint256 private _leaves;
    address private _elsewhere;

    constructor(address one, address other) {
        (token0, _token1) = one < other ? (one, other) : (other, one);
        _observations[0] = Observation(1, true);
    }

    // ---------------------------------------------------------------------- what a test decides

    function setTicks(int24 spot, int56 average) external {
        (_tick, _average) = (spot, average);
    }

    function remember(uint32 oldest, bool full) external {
        _observations[0] = Observation(full ? uint32(block.timestamp) : oldest, true);
        _observations[1] = Observation(oldest, full);
    }

    function pay(uint256 amount, uint256 leaves) external {
        (_pays, _leaves) = (amount, leaves);
    }

    function moveElsewhere(address elsewhere) external {
        _elsewhere = elsewhere;
    }

    // -------------------------------------------------------------------------- what it answers

    function factory() external view returns (address) {
        return address(this);
    }

    function getPool(address, address, uint24) external view returns (address) {
        return _elsewhere == address(0) ? address(this) : _elsewhere;
    }

    function slot0()
        external
        view
        returns (uint160, int24, uint16, uint16, uint16, uint8, bool)
    {
        return (0, _tick, _index, _cardinality, _cardinality, 0, true);
    }

    function observations(uint256 index) external view returns (uint32, int56, uint160, bool) {
        Observation memory seen = _observations[index];
        return (seen.time, 0, 0, seen.initialized);
    }

    function observe(uint32[] calldata ago)
        external
        view
        returns (int56[] memory sums, uint160[] memory none)
    {
        sums = new int56[](2);
        none = new uint160[](2);
        // A second's remainder, so that the average is not a whole number.
        sums[1] = _average * int56(uint56(ago[0])) - (_average < 0 ? int56(1) : int56(0));
    }

    function exactInputSingle(ExactInputSingle calldata swap)
        external
        payable
        returns (uint256)
    {
        IERC20(swap.tokenIn).transferFrom(msg.sender, address(this), swap.amountIn - _leaves);
        IERC20(swap.tokenOut).transfer(swap.recipient, _pays);
        return _pays;
    }
}
