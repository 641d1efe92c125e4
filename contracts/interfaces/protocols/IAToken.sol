// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title What is asked of a token that stands for money supplied to an Aave v3 pool
/// @notice Its balance grows with interest; the scaled balance does not.
interface IAToken is IERC20 {
    /// @notice The pool that mints and burns it.
    // Aave gives it this name.
    // slither-disable-next-line naming-convention
    function POOL() external view returns (address);

    /// @notice What it can be exchanged for.
    // Aave gives it this name.
    // slither-disable-next-line naming-convention
    function UNDERLYING_ASSET_ADDRESS() external view returns (address);

    /// @notice Balance without interest: multiplied by the liquidity index it is the balance.
    function scaledBalanceOf(address account) external view returns (uint256);

    /// @notice All scaled balances together.
    function scaledTotalSupply() external view returns (uint256);
}
