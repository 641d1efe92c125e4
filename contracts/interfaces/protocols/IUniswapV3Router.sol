// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One swap through one pool; a price limit of zero means none.
struct ExactInputSingle {
    address tokenIn;
    address tokenOut;
    uint24 fee;
    address recipient;
    uint256 deadline;
    uint256 amountIn;
    uint256 amountOutMinimum;
    uint160 sqrtPriceLimitX96;
}

/// @title What is asked of Uniswap's SwapRouter (v1, whose swaps have a deadline)
interface IUniswapV3Router {
    /// @notice The maker of the pools it trades with.
    function factory() external view returns (address);

    /// @notice Sell exactly so much.
    function exactInputSingle(ExactInputSingle calldata swap)
        external
        payable
        returns (uint256 amountOut);
}
