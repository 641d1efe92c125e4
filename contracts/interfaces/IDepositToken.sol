// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

import {IDepositAuthorizations} from "./IDepositAuthorizations.sol";
import {IDepositCompliance} from "./IDepositCompliance.sol";
import {HoldState, HoldTerms, IDepositHolds} from "./IDepositHolds.sol";

/// @title A bank's deposits of one currency as a token
/// @notice ERC-20 in minor units of the currency, with ERC-2612, ERC-3009 and ERC-7943. Only
/// accounts that the bank has admitted send or receive; what is held or frozen cannot be spent; the
/// events are enough to rebuild every balance, hold and flag.
interface IDepositToken is
    IERC20Metadata,
    IDepositHolds,
    IDepositAuthorizations,
    IDepositCompliance
{
    /// @notice A transfer under a payment reference; accompanies the ERC-20 event.
    event TransferRef(
        address indexed from, address indexed to, uint256 amount, bytes32 indexed ref
    );

    /// @notice Of what `needed` is asked from, the account has `available` that is not held.
    error InsufficientAvailable(address account, uint256 available, uint256 needed);

    /// @notice The supply would leave 128 bits.
    error SupplyOverCap(uint256 supply, uint256 amount);

    /// @notice An amount of zero where money must move.
    error ZeroAmount();

    /// @notice A reference of zero where one is needed.
    error MissingReference();

    /// @notice Not a code of three capital letters.
    error CurrencyMalformed(string currency);

    /// @notice Called once, by the proxy's constructor.
    /// @param name Name of the token and of its signing domain.
    /// @param symbol Ticker.
    /// @param currency ISO 4217 code, three capital letters.
    /// @param decimals Minor unit digits of the currency.
    /// @param access The access manager that governs the token.
    function initialize(
        string calldata name,
        string calldata symbol,
        // There is no body here in which it could hide the function.
        // slither-disable-next-line shadowing-local
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

    /// @notice ISO 4217 code of the currency.
    function currency() external view returns (string memory);

    /// @notice The balances of many accounts at once, each at its account's place in the list.
    function balancesOf(address[] calldata accounts) external view returns (uint256[] memory);

    /// @notice How much of the balance is held.
    function heldOf(address account) external view returns (uint256);

    /// @notice How much of the balance is neither held nor frozen.
    function availableOf(address account) external view returns (uint256);
}
