// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// What the bank deploys that is not ours; named here, so that it is compiled at all.
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
