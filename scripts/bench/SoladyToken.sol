// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "solady/src/tokens/ERC20.sol";

/// @title Solady's token with nothing added
/// @notice What a transfer costs where assembly spares what it can; only benchmarks use it.
contract SoladyToken is ERC20 {
    address private immutable _owner;

    error NotOwner(address caller);

    constructor(address owner) {
        _owner = owner;
    }

    function mint(address to, uint256 amount) external {
        if (msg.sender != _owner) revert NotOwner(msg.sender);
        _mint(to, amount);
    }

    function name() public pure override returns (string memory) {
        return "Solady";
    }

    function symbol() public pure override returns (string memory) {
        return "SOLADY";
    }
}
