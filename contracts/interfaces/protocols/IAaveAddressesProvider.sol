// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What is asked of the registry of an Aave v3 market
interface IAaveAddressesProvider {
    /// @notice The market's pool.
    function getPool() external view returns (address);
}
