// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AuthorityUtils} from "@openzeppelin/contracts/access/manager/AuthorityUtils.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {AccessManagedUpgradeable} from
    "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {UUPSUpgradeable} from
    "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {NoncesUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/NoncesUpgradeable.sol";
import {EIP712Upgradeable} from
    "@openzeppelin/contracts-upgradeable/utils/cryptography/EIP712Upgradeable.sol";

import {HoldState, HoldTerms} from "../interfaces/IDepositToken.sol";
import {
    AccountWord,
    BALANCE_MAX,
    KNOWN_FLAGS,
    NO_RECEIVE,
    NO_SEND
} from "../libraries/AccountWord.sol";
import {DepositAccounts} from "./DepositAccounts.sol";

/// @title Deposits of one currency; see IDepositToken
contract DepositToken is
    DepositAccounts,
    IERC20Errors,
    AccessManagedUpgradeable,
    EIP712Upgradeable,
    NoncesUpgradeable,
    UUPSUpgradeable
{
    bytes32 private constant PERMIT_TYPEHASH = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );

    uint32 private constant PAUSE_TRANSFER = 1;
    uint32 private constant PAUSE_SUPPLY = 2;
    uint32 private constant PAUSE_HOLD = 4;
    uint32 private constant KNOWN_PAUSES = PAUSE_TRANSFER | PAUSE_SUPPLY | PAUSE_HOLD;

    /// @notice The permit was signed for an earlier time.
    error ERC2612ExpiredSignature(uint256 deadline);

    /// @notice The permit was signed by another than its owner, or for other values.
    error ERC2612InvalidSigner(address signer, address owner);

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
        __EIP712_init(name_, "1");
        TokenStorage storage $ = _token();
        $.decimals = decimals_;
        $.symbol = symbol_;
        $.currency = currency_;
    }

    // ------------------------------------------------------------------------------- transfers

    function transfer(address to, uint256 amount) external returns (bool) {
        _transfer(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _spendAllowance(from, amount);
        _transfer(from, to, amount);
        return true;
    }

    function transferWithRef(address to, uint256 amount, bytes32 ref) external {
        _requireAmount(amount);
        if (ref == 0) revert MissingReference();
        _transfer(msg.sender, to, amount);
        emit TransferRef(msg.sender, to, amount, ref);
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        _approve(msg.sender, spender, amount);
        return true;
    }

    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        if (block.timestamp > deadline) revert ERC2612ExpiredSignature(deadline);
        uint256 nonce = _useNonce(owner);
        bytes32 content =
            keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, nonce, deadline));
        address signer = ECDSA.recover(_hashTypedDataV4(content), v, r, s);
        if (signer != owner) revert ERC2612InvalidSigner(signer, owner);
        _approve(owner, spender, value);
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
        (bool allowed,) = AuthorityUtils.canCallWithDelay(
            authority(), msg.sender, address(this), this.burn.selector
        );
        if (!allowed) revert AccessManagedUnauthorized(msg.sender);
        _requireRunning(PAUSE_SUPPLY);
        bytes32 id = _close(terms, amount);
        if (terms.recipient != msg.sender) revert NotRedemption(id, terms.recipient, msg.sender);
        _destroyed(terms.holder, amount);
    }

    // ----------------------------------------------------------------------------------- holds

    function createHold(HoldTerms calldata terms) external returns (bytes32 id) {
        _requireRunning(PAUSE_HOLD);
        _requireAmount(terms.amount);
        if (msg.sender != terms.holder) revert NotHolder(msg.sender, terms.holder);
        if (terms.recipient == address(0) || terms.notary == address(0)) {
            revert HoldIncomplete(terms.recipient, terms.notary);
        }
        if (terms.ref == 0) revert MissingReference();
        id = holdId(terms);
        if (terms.expiry <= block.timestamp) revert HoldExpired(id, terms.expiry, block.timestamp);
        TokenStorage storage $ = _token();
        if ($.holds[id] != HoldState.None) revert HoldExists(id);
        $.holds[id] = HoldState.Open;
        _hold(terms.holder, terms.amount);
        emit HoldOpened(
            id,
            terms.holder,
            terms.recipient,
            terms.amount,
            terms.notary,
            terms.expiry,
            terms.ref
        );
    }

    function executeHold(HoldTerms calldata terms, uint256 amount) external {
        _close(terms, amount);
        _credit(terms.recipient, amount);
        emit Transfer(terms.holder, terms.recipient, amount);
        emit TransferRef(terms.holder, terms.recipient, amount, terms.ref);
    }

    function releaseHold(HoldTerms calldata terms) external {
        bytes32 id = _openHold(terms);
        bool party = msg.sender == terms.notary || msg.sender == terms.recipient;
        if (!party && block.timestamp < terms.expiry) {
            revert HoldNotReleasable(id, msg.sender, terms.expiry);
        }
        TokenStorage storage $ = _token();
        $.holds[id] = HoldState.Closed;
        $.accounts[terms.holder] = $.accounts[terms.holder].unhold(terms.amount);
        emit HoldClosed(id, 0, terms.amount);
    }

    // ------------------------------------------------------------------------------ compliance

    function setAccountFlags(address account, uint32 flags) external restricted {
        if (flags & ~KNOWN_FLAGS != 0) revert UnknownBits(flags);
        _setFlags(account, flags);
    }

    function freeze(address account, uint32 bits) external restricted {
        if (bits == 0 || bits & ~(NO_SEND | NO_RECEIVE) != 0) revert UnknownBits(bits);
        _setFlags(account, flagsOf(account) | bits);
    }

    function pause(uint32 bits) external restricted {
        _setPause(bits, pauseBits() | bits);
    }

    function unpause(uint32 bits) external restricted {
        _setPause(bits, pauseBits() & ~bits);
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

    function allowance(address owner, address spender) public view returns (uint256) {
        return _token().allowances[owner][spender];
    }

    function pauseBits() public view returns (uint32) {
        return _token().pauseBits;
    }

    function holdState(bytes32 id) public view returns (HoldState) {
        return _token().holds[id];
    }

    function holdId(HoldTerms calldata terms) public view returns (bytes32) {
        return keccak256(abi.encode(terms, address(this), block.chainid));
    }

    function nonces(address owner)
        public
        view
        override(IERC20Permit, NoncesUpgradeable)
        returns (uint256)
    {
        return super.nonces(owner);
    }

    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    // ----------------------------------------------------------------------------------- parts

    // `restricted` on an internal function is sound here: upgradeToAndCall is its only way in.
    function _authorizeUpgrade(address) internal override restricted {}

    function _transfer(address from, address to, uint256 amount) private {
        _requireRunning(PAUSE_TRANSFER);
        _debit(from, amount);
        _credit(to, amount);
        emit Transfer(from, to, amount);
    }

    /// @dev Takes `amount` out of the hold and of the holder's balance, and frees the rest.
    function _close(HoldTerms calldata terms, uint256 amount) private returns (bytes32 id) {
        _requireRunning(PAUSE_HOLD);
        _requireAmount(amount);
        id = _openHold(terms);
        if (msg.sender != terms.notary) revert NotNotary(msg.sender, terms.notary);
        if (block.timestamp >= terms.expiry) revert HoldExpired(id, terms.expiry, block.timestamp);
        if (amount > terms.amount) revert HoldExceeded(id, terms.amount, amount);
        TokenStorage storage $ = _token();
        AccountWord word = $.accounts[terms.holder];
        if (!word.maySend()) revert SenderRefused(terms.holder, word.flagsOf());
        $.holds[id] = HoldState.Closed;
        $.accounts[terms.holder] = word.unhold(terms.amount).minus(amount);
        emit HoldClosed(id, amount, terms.amount - amount);
    }

    function _openHold(HoldTerms calldata terms) private view returns (bytes32 id) {
        id = holdId(terms);
        HoldState state = holdState(id);
        if (state != HoldState.Open) revert HoldNotOpen(id, state);
    }

    function _destroyed(address from, uint256 amount) private {
        TokenStorage storage $ = _token();
        $.supply -= uint128(amount);
        emit Transfer(from, address(0), amount);
    }

    function _approve(address owner, address spender, uint256 amount) private {
        if (spender == address(0)) revert ERC20InvalidSpender(spender);
        _token().allowances[owner][spender] = amount;
        emit Approval(owner, spender, amount);
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

    function _setPause(uint32 bits, uint32 next) private {
        if (bits == 0 || bits & ~KNOWN_PAUSES != 0) revert UnknownBits(bits);
        _token().pauseBits = next;
        emit PauseBits(next);
    }

    function _requireRunning(uint32 needed) private view {
        uint32 paused = pauseBits();
        if (paused & needed != 0) revert OperationPaused(paused, needed);
    }

    function _requireAmount(uint256 amount) private pure {
        if (amount == 0) revert ZeroAmount();
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
