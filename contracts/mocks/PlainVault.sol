// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20, IERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

/// @title OpenZeppelin's vault as it is
/// @notice What is sent to it beside is its yield; for tests.
contract PlainVault is ERC4626 {
    constructor(IERC20 asset_) ERC20("Vault", "VAULT") ERC4626(asset_) {}
}
