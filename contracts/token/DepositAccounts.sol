// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {NoncesUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/NoncesUpgradeable.sol";

import {HoldState, IDepositToken} from "../interfaces/IDepositToken.sol";
import {AccountWord, HAS_FROZEN, HELD_MAX, SETTABLE_FLAGS} from "../libraries/AccountWord.sol";

/// @title Where a deposit token keeps its accounts
/// @notice The storage of the token, and the only functions that change what an account has, may
/// or allows; each compares before it changes.
abstract contract DepositAccounts is IDepositToken, IERC20Errors, NoncesUpgradeable {
    // An account's word, and the only thing of it that a transfer seldom needs.
    struct Account {
        AccountWord word;
        uint256 frozen;
    }

    // Members are only ever added at the end: upgrades find the rest where it was.
    /// @custom:storage-location erc7201:concord.storage.DepositToken
    struct TokenStorage {
        mapping(address account => Account) accounts;
        mapping(address owner => mapping(address spender => uint256)) allowances;
        mapping(bytes32 id => HoldState) holds;
        uint128 supply;
        uint32 pauseBits;
        uint8 decimals;
        string symbol;
        string currency;
        mapping(address authorizer => mapping(bytes32 nonce => bool)) authorizations;
        mapping(address payer => mapping(uint256 index => uint256 word)) settlementNonces;
    }

    // keccak256(abi.encode(uint256(keccak256("concord.storage.DepositToken")) - 1))
    //     & ~bytes32(uint256(0xff))
    bytes32 private constant TOKEN_STORAGE =
        0x2ba8499dd3fd80021dbd21b2186c169e0491f966646ab608678714974d9f6d00;

    uint32 internal constant PAUSE_TRANSFER = 1;
    uint32 internal constant PAUSE_SUPPLY = 2;
    uint32 internal constant PAUSE_SETTLE = 4;

    // ----------------------------------------------------------------------------------- views

    function balanceOf(address account) external view returns (uint256) {
        return _token().accounts[account].word.balanceOf();
    }

    function balancesOf(address[] calldata accounts)
        external
        view
        returns (uint256[] memory balances)
    {
        balances = new uint256[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            balances[i] = _token().accounts[accounts[i]].word.balanceOf();
        }
    }

    function heldOf(address account) external view returns (uint256) {
        return _token().accounts[account].word.heldOf();
    }

    function availableOf(address account) public view returns (uint256) {
        Account storage found = _token().accounts[account];
        return _available(found, found.word);
    }

    function flagsOf(address account) public view returns (uint32) {
        return _token().accounts[account].word.flagsOf();
    }

    function getFrozenTokens(address account) external view returns (uint256) {
        return _token().accounts[account].frozen;
    }

    function allowance(address owner, address spender) public view returns (uint256) {
        return _token().allowances[owner][spender];
    }

    function nonces(address owner)
        public
        view
        override(IERC20Permit, NoncesUpgradeable)
        returns (uint256)
    {
        return super.nonces(owner);
    }

    function pauseBits() public view returns (uint32) {
        return _token().pauseBits;
    }

    // ---------------------------------------------------------------------------------- changes

    function _move(address from, address to, uint256 amount) internal {
        _debit(from, amount);
        _credit(to, amount);
        emit Transfer(from, to, amount);
    }

    function _debit(address from, uint256 amount) internal {
        Account storage account = _token().accounts[from];
        account.word = _spendable(account, from, amount).minus(amount);
    }

    function _credit(address to, uint256 amount) internal {
        Account storage account = _token().accounts[to];
        AccountWord word = account.word;
        // The zero address is refused here too: it can never be admitted.
        if (!word.mayReceive()) revert RecipientRefused(to, word.flagsOf());
        account.word = word.plus(amount);
    }

    function _hold(address holder, uint256 amount) internal {
        Account storage account = _token().accounts[holder];
        AccountWord word = _spendable(account, holder, amount);
        uint256 held = word.heldOf();
        if (amount > HELD_MAX - held) revert HeldOverCap(holder, held, amount);
        account.word = word.hold(amount);
    }

    function _setFlags(address whose, uint32 flags) internal {
        Account storage account = _existing(whose);
        AccountWord word = account.word;
        account.word = word.withFlags(flags | (word.flagsOf() & HAS_FROZEN));
        emit AccountFlags(whose, flags);
    }

    function _setFrozen(address whose, uint256 amount) internal {
        Account storage account = _existing(whose);
        AccountWord word = account.word;
        uint32 flags = word.flagsOf() & SETTABLE_FLAGS;
        account.word = word.withFlags(amount == 0 ? flags : flags | HAS_FROZEN);
        account.frozen = amount;
        emit Frozen(whose, amount);
    }

    function _approve(address owner, address spender, uint256 amount) internal {
        if (spender == address(0)) revert ERC20InvalidSpender(spender);
        _token().allowances[owner][spender] = amount;
        emit Approval(owner, spender, amount);
    }

    // ---------------------------------------------------------------------------------- asking

    function _spendable(Account storage account, address whose, uint256 amount)
        private
        view
        returns (AccountWord word)
    {
        word = account.word;
        if (!word.maySend()) revert SenderRefused(whose, word.flagsOf());
        uint256 available = _available(account, word);
        if (amount <= available) return word;
        // Only the frozen amount is in the way of what is there and not held.
        if (amount <= word.unheldOf()) {
            revert ERC7943InsufficientUnfrozenBalance(whose, amount, available);
        }
        revert InsufficientAvailable(whose, available, amount);
    }

    /// @dev `word` is the account's own, which the caller has read already.
    function _available(Account storage account, AccountWord word)
        internal
        view
        returns (uint256)
    {
        uint256 unheld = word.unheldOf();
        if (!word.hasFrozen()) return unheld;
        uint256 frozen = account.frozen;
        return frozen < unheld ? unheld - frozen : 0;
    }

    function _existing(address whose) private view returns (Account storage) {
        if (whose == address(0)) revert ZeroAccount();
        return _token().accounts[whose];
    }

    function _requireRunning(uint32 needed) internal view {
        uint32 paused = pauseBits();
        if (paused & needed != 0) revert OperationPaused(paused, needed);
    }

    function _requireAmount(uint256 amount) internal pure {
        if (amount == 0) revert ZeroAmount();
    }

    function _requireReference(bytes32 ref) internal pure {
        if (ref == 0) revert MissingReference();
    }

    // A namespace has no other way to its slot; it only names it, and touches no memory.
    // slither-disable-next-line assembly
    function _token() internal pure returns (TokenStorage storage $) {
        assembly {
            $.slot := TOKEN_STORAGE
        }
    }
}
