// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, IDepositToken} from "../interfaces/IDepositToken.sol";
import {AccountWord, HELD_MAX} from "../libraries/AccountWord.sol";

/// @title Where a deposit token keeps its accounts
/// @notice The storage of the token, and the only functions that change an account's word; each
/// compares before it changes.
abstract contract DepositAccounts is IDepositToken {
    /// @custom:storage-location erc7201:concord.storage.DepositToken
    struct TokenStorage {
        mapping(address account => AccountWord) accounts;
        mapping(address owner => mapping(address spender => uint256)) allowances;
        mapping(bytes32 id => HoldState) holds;
        uint128 supply;
        uint32 pauseBits;
        uint8 decimals;
        string symbol;
        string currency;
    }

    // keccak256(abi.encode(uint256(keccak256("concord.storage.DepositToken")) - 1))
    //     & ~bytes32(uint256(0xff))
    bytes32 private constant TOKEN_STORAGE =
        0x2ba8499dd3fd80021dbd21b2186c169e0491f966646ab608678714974d9f6d00;

    function balanceOf(address account) external view returns (uint256) {
        return _token().accounts[account].balanceOf();
    }

    function heldOf(address account) external view returns (uint256) {
        return _token().accounts[account].heldOf();
    }

    function availableOf(address account) external view returns (uint256) {
        return _token().accounts[account].availableOf();
    }

    function flagsOf(address account) public view returns (uint32) {
        return _token().accounts[account].flagsOf();
    }

    function _debit(address from, uint256 amount) internal {
        TokenStorage storage $ = _token();
        $.accounts[from] = _spendable($.accounts[from], from, amount).minus(amount);
    }

    function _credit(address to, uint256 amount) internal {
        TokenStorage storage $ = _token();
        AccountWord word = $.accounts[to];
        // The zero address is refused here too: it can never be admitted.
        if (!word.mayReceive()) revert RecipientRefused(to, word.flagsOf());
        $.accounts[to] = word.plus(amount);
    }

    function _hold(address holder, uint256 amount) internal {
        TokenStorage storage $ = _token();
        AccountWord word = _spendable($.accounts[holder], holder, amount);
        uint256 held = word.heldOf();
        if (amount > HELD_MAX - held) revert HeldOverCap(holder, held, amount);
        $.accounts[holder] = word.hold(amount);
    }

    function _spendable(AccountWord word, address account, uint256 amount)
        private
        pure
        returns (AccountWord)
    {
        if (!word.maySend()) revert SenderRefused(account, word.flagsOf());
        uint256 free = word.availableOf();
        if (amount > free) revert InsufficientAvailable(account, free, amount);
        return word;
    }

    function _setFlags(address account, uint32 flags) internal {
        if (account == address(0)) revert ZeroAccount();
        TokenStorage storage $ = _token();
        $.accounts[account] = $.accounts[account].withFlags(flags);
        emit AccountFlags(account, flags);
    }

    function _token() internal pure returns (TokenStorage storage $) {
        assembly {
            $.slot := TOKEN_STORAGE
        }
    }
}
