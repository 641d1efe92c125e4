// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What is asked of an Aave v3 pool
interface IAavePool {
    /// @notice Take `amount` from the caller and mint its aToken to `onBehalfOf`.
    function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)
        external;

    /// @notice Burn the caller's aToken and pay `to`; the greatest number means all of it.
    function withdraw(address asset, uint256 amount, address to) external returns (uint256);

    /// @notice Whether what the caller supplied may secure a debt of the caller.
    function setUserUseReserveAsCollateral(address asset, bool useAsCollateral) external;

    /// @notice What the pool knows about an asset: a struct of 15 words in every version of Aave
    /// v3, of which four are used here. 0: configuration, with the decimals in bits 48-55, active
    /// 56, frozen 57, paused 60, supply cap in whole units 116-151. 7: its number. 8: the aToken.
    /// 12: what is owed to Aave's treasury, scaled.
    function getReserveData(address asset) external view returns (uint256[15] memory);

    /// @notice The liquidity index of this second, in ray.
    function getReserveNormalizedIncome(address asset) external view returns (uint256);

    /// @notice Two bits per reserve: borrowed (low), used as collateral (high).
    function getUserConfiguration(address user) external view returns (uint256);

    /// @notice What can be paid out; since v3.1, and before that the aToken's own balance is.
    function getVirtualUnderlyingBalance(address asset) external view returns (uint128);
}
