// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AuthorityUtils} from "@openzeppelin/contracts/access/manager/AuthorityUtils.sol";
import {UUPSUpgradeable} from
    "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";

import {HoldTerms} from "../interfaces/IDepositToken.sol";
import {BALANCE_MAX} from "../libraries/AccountWord.sol";
import {DepositAuthorizations} from "./DepositAuthorizations.sol";
import {DepositCompliance} from "./DepositCompliance.sol";
import {DepositHolds} from "./DepositHolds.sol";

/// @title Deposits of one currency; see IDepositToken
/// @notice Here: set-up, transfers and supply. Its parts stand beside it, on one storage:
/// DepositAccounts, DepositHolds, DepositAuthorizations, DepositCompliance.
contract DepositToken is
    DepositHolds,
    DepositAuthorizations,
    DepositCompliance,
    UUPSUpgradeable
{
    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        // The code behind the proxies is nobody's token.
        _disableInitializers();
    }

    function initialize(
        string calldata name_,
        string calldata symbol_,
        string calldata currency_,
        uint8 decimals_,
        address access
    ) external initializer {
        _requireCurrency(currency_);
        if (access.code.length == 0) revert AccessManagedInvalidAuthority(access);
        __AccessManaged_init(access);
        __EIP712_init(name_, DOMAIN_VERSION);
        TokenStorage storage $ = _token();
        $.decimals = decimals_;
        $.symbol = symbol_;
        $.currency = currency_;
    }

    // ------------------------------------------------------------------------------- transfers

    function transfer(address to, uint256 amount) external returns (bool) {
        _requireRunning(PAUSE_TRANSFER);
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _requireRunning(PAUSE_TRANSFER);
        _spendAllowance(from, amount);
        _move(from, to, amount);
        return true;
    }

    function transferWithRef(address to, uint256 amount, bytes32 ref) external {
        _requireRunning(PAUSE_TRANSFER);
        _requireAmount(amount);
        _requireReference(ref);
        _move(msg.sender, to, amount);
        emit TransferRef(msg.sender, to, amount, ref);
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        _approve(msg.sender, spender, amount);
        return true;
    }

    // ---------------------------------------------------------------------------------- supply

    function mint(address to, uint256 amount) external restricted {
        _requireRunning(PAUSE_SUPPLY);
        _requireAmount(amount);
        TokenStorage storage $ = _token();
        uint256 supply = $.supply;
        // This bounds every balance as well: none is more than the supply.
        if (amount > BALANCE_MAX - supply) revert SupplyOverCap(supply, amount);
        $.supply = uint128(supply + amount);
        _credit(to, amount);
        emit Transfer(address(0), to, amount);
    }

    function burn(address from, uint256 amount) external restricted {
        _requireRunning(PAUSE_SUPPLY);
        _requireAmount(amount);
        _debit(from, amount);
        _destroyed(from, amount);
    }

    function burnHeld(HoldTerms calldata terms, uint256 amount) external {
        // Whoever may burn may burn what is held for it: one right, so one line in the role table.
        // A right that has to wait is none to this, so how long it waits is not asked.
        // slither-disable-next-line unused-return
        (bool allowed,) = AuthorityUtils.canCallWithDelay(
            authority(), msg.sender, address(this), this.burn.selector
        );
        if (!allowed) revert AccessManagedUnauthorized(msg.sender);
        // It takes out of the supply and settles a hold: either pause stops it.
        _requireRunning(PAUSE_SUPPLY);
        _requireRunning(PAUSE_SETTLE);
        _requireRecipient(terms);
        _close(terms, amount);
        _destroyed(terms.holder, amount);
    }

    // ----------------------------------------------------------------------------------- views

    function name() external view returns (string memory) {
        return _EIP712Name();
    }

    function symbol() external view returns (string memory) {
        return _token().symbol;
    }

    function currency() external view returns (string memory) {
        return _token().currency;
    }

    function decimals() external view returns (uint8) {
        return _token().decimals;
    }

    function totalSupply() external view returns (uint256) {
        return _token().supply;
    }

    // ----------------------------------------------------------------------------------- parts

    // `restricted` on an internal function is sound here: upgradeToAndCall is its only way in.
    function _authorizeUpgrade(address) internal override restricted {
        _requireActive();
    }

    function _destroyed(address from, uint256 amount) private {
        TokenStorage storage $ = _token();
        $.supply -= uint128(amount);
        emit Transfer(from, address(0), amount);
    }

    function _spendAllowance(address owner, uint256 amount) private {
        uint256 left = allowance(owner, msg.sender);
        // By convention the greatest allowance stands until it is taken back.
        if (left == type(uint256).max) return;
        if (amount > left) revert ERC20InsufficientAllowance(msg.sender, left, amount);
        unchecked {
            _token().allowances[owner][msg.sender] = left - amount;
        }
    }

    function _requireCurrency(string calldata code) private pure {
        bytes calldata letters = bytes(code);
        bool wellFormed = letters.length == 3;
        for (uint256 i = 0; i < letters.length && wellFormed; ++i) {
            wellFormed = letters[i] >= "A" && letters[i] <= "Z";
        }
        if (!wellFormed) revert CurrencyMalformed(code);
    }
}
