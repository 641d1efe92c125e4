// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ALLOWED, NO_RECEIVE, NO_SEND} from "../../../../contracts/libraries/AccountWord.sol";
import {vm} from "../../base/Vm.sol";
import {TokenGhosts} from "./TokenGhosts.sol";

/// @notice What bank and law do: admit, freeze, take, pause, end; and what time does.
abstract contract TokenOffices is TokenGhosts {
    function setsFlags(uint256 by, uint256 whose, uint256 bits) external {
        (address caller, address account) = (_mostly(compliance, by, 8), _anyone(whose));
        // Mostly admitted, or nothing would move for long.
        uint32 next = _dice(bits, 8) != 0 ? ALLOWED : uint32(_dice(bits, 9));
        _remember();
        _send(caller, address(token), abi.encodeCall(token.setAccountFlags, (account, next)));
        _unmoved();
        _must(caller == compliance && next < 8, "flags were set by a stranger, or unknown ones");
        flags[account] = next;
    }

    function freezes(uint256 by, uint256 whose, uint256 bits) external {
        (address caller, address account) = (_mostly(compliance, by, 3), _anyone(whose));
        uint32 added = uint32(_dice(bits, 9));
        _remember();
        _send(caller, address(token), abi.encodeCall(token.freeze, (account, added)));
        _unmoved();
        _must(caller == compliance, "frozen by a stranger");
        _must(added & ~(NO_SEND | NO_RECEIVE) == 0 && added != 0, "a freeze of other bits");
        flags[account] |= added;
    }

    function freezesAmount(uint256 by, uint256 whose, uint256 amount) external {
        (address caller, address account) = (_mostly(compliance, by, 3), _anyone(whose));
        amount = _dice(by, 2) == 0 ? 0 : _amount(amount, token.balanceOf(account) / 2);
        _remember();
        _send(caller, address(token), abi.encodeCall(token.setFrozenTokens, (account, amount)));
        _unmoved();
        _must(caller == compliance, "an amount was frozen by a stranger");
        frozen[account] = amount;
    }

    function forces(uint256 by, uint256 from, uint256 to, uint256 amount, uint256 any) external {
        (address payer, address payee) = (_anyone(from), _anyone(to));
        address caller = _mostly(enforcer, by, 4);
        amount = _amount(amount, token.balanceOf(payer) / 4);
        bytes32 ref = bytes32(_dice(any, 16));
        bytes32 basis = bytes32(_dice(any, 15));
        uint256 unheld = token.balanceOf(payer) - held[payer];
        uint256 free = _free(payer);
        _remember();
        bytes memory data = abi.encodeWithSelector(FORCE, payer, payee, amount, ref, basis);
        _send(caller, address(token), data);
        _forced(payer, payee, amount);
        _must(caller == enforcer && !ended, "taken by a stranger, or after the end");
        _must(amount != 0 && amount <= unheld, "held money was taken by force");
        _must(ref != 0 && basis != 0, "taken by force without a basis");
        if (amount > free) frozen[payer] -= amount - free;
    }

    function pauses(uint256 by, uint256 bits) external {
        address caller = _dice(by, 5) == 0 ? guardian : _anyone(by);
        uint32 added = uint32(_dice(bits, 9));
        _send(caller, address(token), abi.encodeCall(token.pause, (added)));
        _must(caller == guardian && added != 0 && added < 8, "paused by a stranger, or nothing");
        paused |= added;
    }

    function unpauses(uint256 by, uint256 bits) external {
        address caller = _mostly(address(this), by, 8);
        // Often all, or nothing would move for long.
        uint32 taken = _dice(bits, 3) != 0 ? 7 : uint32(_dice(bits, 9));
        _send(caller, address(token), abi.encodeCall(token.unpause, (taken)));
        _must(caller == address(this) && taken != 0 && taken < 8, "unpaused by a stranger");
        _must(!ended, "unpaused after the end");
        paused &= ~taken;
    }

    function deactivates(uint256 by) external {
        // Seldom by one who may, as nothing moves afterwards.
        address caller = _dice(by, 12) == 0 ? address(this) : _anyone(by);
        if (caller == address(this) && paused != 0) {
            vm.prank(guardian);
            token.pause(7);
            paused = 7;
        }
        _send(caller, address(token), abi.encodeCall(token.deactivate, ()));
        _must(caller == address(this) && paused == 7 && !ended, "ended by a stranger, or unpaused");
        ended = true;
    }

    function timePasses(uint256 seconds_) external {
        vm.warp(block.timestamp + seconds_ % (HOUR / 4));
    }
}
