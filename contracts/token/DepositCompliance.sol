// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {AccessManagedUpgradeable} from
    "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";

import {IERC7943Fungible} from "../interfaces/IERC7943Fungible.sol";
import {AccountWord, NO_RECEIVE, NO_SEND, SETTABLE_FLAGS} from "../libraries/AccountWord.sol";
import {DepositAccounts} from "./DepositAccounts.sol";

/// @title What bank and law may do with a deposit token; see IDepositCompliance
abstract contract DepositCompliance is DepositAccounts, AccessManagedUpgradeable {
    uint32 private constant ALL_PAUSES = PAUSE_TRANSFER | PAUSE_SUPPLY | PAUSE_SETTLE;
    // Kept beside the pauses, which are all set by then: what they stop never asks for it.
    uint32 private constant DEACTIVATED = 8;

    // -------------------------------------------------------------------------------- accounts

    function setAccountFlags(address account, uint32 flags) external restricted {
        if (flags & ~SETTABLE_FLAGS != 0) revert UnknownBits(flags);
        _setFlags(account, flags);
    }

    function freeze(address account, uint32 bits) external restricted {
        if (bits == 0 || bits & ~(NO_SEND | NO_RECEIVE) != 0) revert UnknownBits(bits);
        _setFlags(account, (flagsOf(account) & SETTABLE_FLAGS) | bits);
    }

    function setFrozenTokens(address account, uint256 amount) external restricted returns (bool) {
        _setFrozen(account, amount);
        return true;
    }

    // ----------------------------------------------------------------------------------- force

    function forcedTransfer(
        address from,
        address to,
        uint256 amount,
        bytes32 ref,
        bytes32 legalBasis
    ) external restricted {
        _requireActive();
        _requireAmount(amount);
        _requireReference(ref);
        if (legalBasis == 0) revert LegalBasisMissing();
        _seize(from, amount);
        _credit(to, amount);
        emit ForcedTransfer(from, to, amount);
        emit Transfer(from, to, amount);
        emit Enforced(ref, legalBasis);
    }

    // The standard's form has no room for the basis, so nobody may use it.
    function forcedTransfer(address, address, uint256) external pure returns (bool) {
        revert LegalBasisMissing();
    }

    // ----------------------------------------------------------------------------------- pause

    function pause(uint32 bits) external restricted {
        _requirePauses(bits);
        _setPause(pauseBits() | bits);
    }

    function unpause(uint32 bits) external restricted {
        _requireActive();
        _requirePauses(bits);
        _setPause(pauseBits() & ~bits);
    }

    function deactivate() external restricted {
        _requireActive();
        uint32 paused = pauseBits();
        if (paused != ALL_PAUSES) revert NotAllPaused(paused, ALL_PAUSES);
        _setPause(ALL_PAUSES | DEACTIVATED);
        emit Deactivated();
    }

    // ----------------------------------------------------------------------------------- views

    function canSend(address account) public view returns (bool) {
        return _token().accounts[account].word.maySend();
    }

    function canReceive(address account) public view returns (bool) {
        return _token().accounts[account].word.mayReceive();
    }

    function canTransfer(address from, address to, uint256 amount) external view returns (bool) {
        return pauseBits() & PAUSE_TRANSFER == 0 && canSend(from) && canReceive(to)
            && amount <= availableOf(from);
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IERC165).interfaceId || id == type(IERC7943Fungible).interfaceId
            || id == type(IERC20).interfaceId;
    }

    // ----------------------------------------------------------------------------------- parts

    /// @dev Takes what is not held, and lifts the freeze from as much of it as was frozen.
    function _seize(address from, uint256 amount) private {
        Account storage account = _token().accounts[from];
        AccountWord word = account.word;
        uint256 unheld = word.unheldOf();
        if (amount > unheld) revert InsufficientAvailable(from, unheld, amount);
        uint256 available = _available(account, word);
        if (amount > available) _setFrozen(from, account.frozen - (amount - available));
        // Read again: lifting the freeze may have changed the flags.
        account.word = account.word.minus(amount);
    }

    function _setPause(uint32 bits) private {
        _token().pauseBits = bits;
        emit PauseBits(bits);
    }

    function _requireActive() internal view {
        if (pauseBits() & DEACTIVATED != 0) revert TokenDeactivated();
    }

    function _requirePauses(uint32 bits) private pure {
        if (bits == 0 || bits & ~ALL_PAUSES != 0) revert UnknownBits(bits);
    }
}
