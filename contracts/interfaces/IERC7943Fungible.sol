// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title ERC-7943 for a fungible token: who may move what, and what the law may move
/// @notice The standard's interface as it stands, id 0x3edbb4c4. The standard lets a token tell the
/// first three errors more exactly, which ours does: see IDepositCompliance.
interface IERC7943Fungible is IERC165 {
    /// @notice Money was taken from one account and given to another.
    event ForcedTransfer(address indexed from, address indexed to, uint256 amount);

    /// @notice This amount of the account is frozen now.
    event Frozen(address indexed account, uint256 amount);

    /// @notice The account may not send.
    error ERC7943CannotSend(address account);

    /// @notice The account may not receive.
    error ERC7943CannotReceive(address account);

    /// @notice The transfer is against the rules.
    error ERC7943CannotTransfer(address from, address to, uint256 amount);

    /// @notice The account has the amount, but so much is frozen that only `unfrozen` can move.
    error ERC7943InsufficientUnfrozenBalance(address account, uint256 amount, uint256 unfrozen);

    /// @notice Take from one account and give to another.
    function forcedTransfer(address from, address to, uint256 amount)
        external
        returns (bool result);

    /// @notice Freeze this amount of an account in place of the one before; it may be more than the
    /// balance, and then catches what comes in.
    function setFrozenTokens(address account, uint256 amount) external returns (bool result);

    /// @notice Whether the account itself may send.
    function canSend(address account) external view returns (bool allowed);

    /// @notice Whether the account itself may receive.
    function canReceive(address account) external view returns (bool allowed);

    /// @notice What is frozen of the account; it may be more than the balance.
    function getFrozenTokens(address account) external view returns (uint256 amount);

    /// @notice Whether this transfer would succeed now.
    function canTransfer(address from, address to, uint256 amount)
        external
        view
        returns (bool allowed);
}
