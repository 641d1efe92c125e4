// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What is asked of the maker of Uniswap v3 pools
interface IUniswapV3Factory {
    /// @notice The one pool of two tokens and a fee.
    function getPool(address tokenA, address tokenB, uint24 fee) external view returns (address);
}
