// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @notice All that a hold says. Its id is the hash of these terms, so they can never drift.
/// @param holder Whose money is held; the hold is opened by this account alone.
/// @param recipient Who is paid when it is executed; may also release it.
/// @param amount Minor units held.
/// @param notary Who decides: executes it in whole or in part, or releases it.
/// @param expiry Unix second from which it can no longer be executed and anyone may release it.
/// @param ref Payment reference: UETR (16 bytes), then the bank's ledger entry id (16 bytes).
struct HoldTerms {
    address holder;
    address recipient;
    uint256 amount;
    address notary;
    uint64 expiry;
    bytes32 ref;
}

/// @notice The life of a hold; Open and Closed are each entered once.
enum HoldState {
    None,
    Open,
    Closed
}

/// @title A bank's deposits of one currency as a token
/// @notice ERC-20 with permit (ERC-2612), in minor units of the currency. Only accounts that the
/// bank has admitted send or receive; what is held cannot be spent; the events are enough to
/// rebuild every balance, hold and flag.
interface IDepositToken is IERC20Metadata, IERC20Permit {
    /// @notice A transfer under a payment reference; accompanies the ERC-20 event.
    event TransferRef(
        address indexed from, address indexed to, uint256 amount, bytes32 indexed ref
    );

    /// @notice A hold was opened; its terms are these arguments.
    event HoldOpened(
        bytes32 indexed id,
        address indexed holder,
        address indexed recipient,
        uint256 amount,
        address notary,
        uint64 expiry,
        bytes32 ref
    );

    /// @notice A hold is closed for ever; `executed + released` is the amount it held.
    event HoldClosed(bytes32 indexed id, uint256 executed, uint256 released);

    /// @notice The flags of an account are now these.
    event AccountFlags(address indexed account, uint32 flags);

    /// @notice The pause bits of the token are now these.
    event PauseBits(uint32 bits);

    /// @notice The account is not admitted, or is frozen for sending; `flags` tell which.
    error SenderRefused(address account, uint32 flags);

    /// @notice The account is not admitted, or is frozen for receiving; `flags` tell which.
    error RecipientRefused(address account, uint32 flags);

    /// @notice The account has `available` that is not held, and `needed` was asked.
    error InsufficientAvailable(address account, uint256 available, uint256 needed);

    /// @notice What was asked is paused: `paused` contains `needed`.
    error OperationPaused(uint32 paused, uint32 needed);

    /// @notice The supply would leave 128 bits.
    error SupplyOverCap(uint256 supply, uint256 amount);

    /// @notice The held amount of the account would leave 96 bits.
    error HeldOverCap(address account, uint256 held, uint256 amount);

    /// @notice An amount of zero where money must move.
    error ZeroAmount();

    /// @notice A reference of zero where one is needed.
    error MissingReference();

    /// @notice The zero address has no flags.
    error ZeroAccount();

    /// @notice Bits that mean nothing here, or no bit at all.
    error UnknownBits(uint32 bits);

    /// @notice Not a code of three capital letters.
    error CurrencyMalformed(string currency);

    /// @notice A hold is opened by the holder alone.
    error NotHolder(address caller, address holder);

    /// @notice A hold is executed by its notary alone.
    error NotNotary(address caller, address notary);

    /// @notice The terms name no recipient or no notary.
    error HoldIncomplete(address recipient, address notary);

    /// @notice A hold under these terms was opened before, and may be closed by now.
    error HoldExists(bytes32 id);

    /// @notice No hold under these terms is open.
    error HoldNotOpen(bytes32 id, HoldState state);

    /// @notice More was asked than is held.
    error HoldExceeded(bytes32 id, uint256 held, uint256 asked);

    /// @notice At or after its expiry a hold can be neither opened nor executed.
    error HoldExpired(bytes32 id, uint64 expiry, uint256 time);

    /// @notice Before expiry only notary and recipient release.
    error HoldNotReleasable(bytes32 id, address caller, uint64 expiry);

    /// @notice Only what is held for the caller itself can be burned out of a hold.
    error NotRedemption(bytes32 id, address recipient, address caller);

    /// @notice Called once, by the proxy's constructor.
    /// @param name Name of the token and of its signing domain.
    /// @param symbol Ticker.
    /// @param currency ISO 4217 code, three capital letters.
    /// @param decimals Minor unit digits of the currency.
    /// @param access The access manager that governs the token.
    function initialize(
        string calldata name,
        string calldata symbol,
        string calldata currency,
        uint8 decimals,
        address access
    ) external;

    /// @notice Pay under a reference. Refuses a zero amount and a zero reference.
    function transferWithRef(address to, uint256 amount, bytes32 ref) external;

    /// @notice Create money on an admitted account. Restricted to the gate.
    function mint(address to, uint256 amount) external;

    /// @notice Destroy available money of an account that may send. Restricted to the gate.
    function burn(address from, uint256 amount) external;

    /// @notice Destroy the whole or a part of what is held for the caller, and release the rest.
    /// For one who is notary and recipient of the hold and has the right to `burn`.
    function burnHeld(HoldTerms calldata terms, uint256 amount) external;

    /// @notice Hold the caller's available money. It stays the holder's, and cannot be spent.
    /// @return id Hash of the terms, this token and this chain.
    function createHold(HoldTerms calldata terms) external returns (bytes32 id);

    /// @notice Pay `amount` of the hold to its recipient and release the rest; notary only, before
    /// expiry. Both accounts must be free to send and to receive at that time.
    function executeHold(HoldTerms calldata terms, uint256 amount) external;

    /// @notice Release the hold: notary or recipient at any time, anyone from expiry on. Works
    /// under every pause and freeze, because it only gives back what is the holder's.
    function releaseHold(HoldTerms calldata terms) external;

    /// @notice Set all flags of an account: admit it, freeze it, lift a freeze. Restricted.
    /// @param flags Sum of ALLOWED (1), NO_SEND (2), NO_RECEIVE (4).
    function setAccountFlags(address account, uint32 flags) external;

    /// @notice Add freeze bits to an account, at once. Restricted.
    /// @param bits NO_SEND (2), NO_RECEIVE (4) or both.
    function freeze(address account, uint32 bits) external;

    /// @notice Add pause bits, at once. Restricted.
    /// @param bits Sum of PAUSE_TRANSFER (1: transfers), PAUSE_SUPPLY (2: mint and both burns),
    /// PAUSE_HOLD (4: opening and executing holds).
    function pause(uint32 bits) external;

    /// @notice Take pause bits away. Restricted, by another role than `pause`.
    function unpause(uint32 bits) external;

    /// @notice ISO 4217 code of the currency.
    function currency() external view returns (string memory);

    /// @notice Flags of an account.
    function flagsOf(address account) external view returns (uint32);

    /// @notice How much of the balance is held.
    function heldOf(address account) external view returns (uint256);

    /// @notice How much of the balance is not held.
    function availableOf(address account) external view returns (uint256);

    /// @notice The pause bits in force.
    function pauseBits() external view returns (uint32);

    /// @notice The id that these terms have on this token and this chain.
    function holdId(HoldTerms calldata terms) external view returns (bytes32);

    /// @notice Where a hold stands.
    function holdState(bytes32 id) external view returns (HoldState);
}
