// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bank} from "./Bank.sol";
import {vm} from "./Vm.sol";

/// @notice Sends calls, right and wrong ones, and remembers what should never have been seen.
/// A refused call reverts here too, so the runner counts it; `make verify` fails when an action was
/// never accepted, or never refused.
abstract contract Handler is Bank {
    error Refused(bytes reason);

    // Panic(uint256): no arithmetic of ours may end in one where a refusal has a name.
    bytes4 private constant PANIC = 0x4e487b71;

    // The first thing seen that must not be; empty while all is well.
    string public violation;

    function _send(address by, address to, bytes memory data) internal returns (bytes memory) {
        vm.prank(by);
        (bool passed, bytes memory answer) = to.call(data);
        if (passed) return answer;
        if (answer.length < 4 || bytes4(answer) == PANIC) _violates("refused without a name");
        else revert Refused(answer);
        return answer;
    }

    function _must(bool holds, string memory otherwise) internal {
        if (!holds) _violates(otherwise);
    }

    function _violates(string memory what) internal {
        if (bytes(violation).length == 0) violation = what;
    }

    /// @notice Mostly what may fit; at times anything at all, and the edges of every field.
    function _amount(uint256 seed, uint256 fits) internal pure returns (uint256) {
        uint256 kind = _dice(seed, 24);
        if (kind == 0) return seed;
        if (kind == 1) return 0;
        if (kind == 2) return type(uint96).max;
        if (kind == 3) return type(uint128).max;
        if (kind == 4) return fits + 1;
        if (kind == 5) return fits;
        return fits == 0 ? seed % 1000 : seed % fits / (kind - 5) + 1;
    }

    /// @notice The one who may, but one time in `sides` somebody else.
    function _mostly(address rightful, uint256 seed, uint256 sides)
        internal
        view
        returns (address)
    {
        return _dice(seed, sides) != 0 ? rightful : _anyone(seed);
    }

    /// @notice Those who are admitted at first come more often; seldom the zero address.
    function _anyone(uint256 seed) internal view returns (address) {
        address[6] memory others = [carol, notary, stranger, minter, guardian, address(0)];
        uint256 kind = _dice(seed, 36);
        return kind < 15 ? alice : kind < 30 ? bob : others[kind - 30];
    }

    // The runner prefers small numbers and edges; a choice among few must not follow it.
    function _dice(uint256 seed, uint256 sides) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, sides))) % sides;
    }
}
