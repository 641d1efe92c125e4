// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TokenGhosts} from "./TokenGhosts.sol";

/// @notice Money made and destroyed.
abstract contract TokenSupplies is TokenGhosts {
    function mints(uint256 by, uint256 to, uint256 amount) external {
        (address caller, address payee) = (_mostly(minter, by, 8), _anyone(to));
        amount = _amount(amount, 1_000_000);
        _remember();
        _send(caller, address(token), abi.encodeCall(token.mint, (payee, amount)));
        _gives(payee, amount, SUPPLY);
        _unmoved();
        _must(caller == minter && amount != 0, "minted nothing, or by another than the minter");
        minted += amount;
    }

    function burns(uint256 by, uint256 from, uint256 amount) external {
        (address caller, address payer) = (_mostly(minter, by, 8), _anyone(from));
        amount = _amount(amount, token.availableOf(payer) / 8);
        uint256 free = _free(payer);
        _remember();
        _send(caller, address(token), abi.encodeCall(token.burn, (payer, amount)));
        _takes(payer, amount, SUPPLY);
        _unmoved();
        _must(caller == minter && amount != 0, "burned nothing, or by another than the minter");
        _must(amount <= free, "held or frozen money was burned");
        burned += amount;
    }
}
