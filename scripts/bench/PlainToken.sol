// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title OpenZeppelin's token with nothing added
/// @notice What a transfer and a mint cost at least; only benchmarks use it.
contract PlainToken is ERC20, Ownable {
    constructor(address owner) ERC20("Plain", "PLAIN") Ownable(owner) {}

    function mint(address to, uint256 amount) external onlyOwner {
        _mint(to, amount);
    }
}
