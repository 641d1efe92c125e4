// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Who may call what, and after which delay
/// @notice OpenZeppelin's AccessManager as it is; one instance governs every contract of the bank.
contract BankAccess is AccessManager {
    constructor(address initialAdmin) AccessManager(initialAdmin) {}
}
