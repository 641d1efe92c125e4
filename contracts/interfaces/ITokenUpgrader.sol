// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositToken} from "./IDepositToken.sol";

/// @notice What of a token is compared one by one, beside what every token tells of itself.
/// @param accounts Accounts whose balance, held and frozen amount, flags and nonce must stay.
/// @param holds Ids of holds whose state must stay.
struct Samples {
    address[] accounts;
    bytes32[] holds;
}

/// @title The only way to new code for a deposit token: all proved in one call, or nothing changed
/// @notice It alone may install code, so no upgrade skips the proof. Before and after, it asks the
/// token for name, symbol, currency, decimals, supply, pauses, authority, signing domain, and for
/// the samples; every answer must be the same byte for byte. Then the new code is tried out, and
/// the trial undone: the upgrader, which may do nothing but install code, must be refused
/// everything that asks for another right; must be able to install code again, and does, its own;
/// and where it holds a minor unit of its own, the money must go round through a transfer, an
/// allowance and two holds.
interface ITokenUpgrader {
    /// @notice The token runs on this code now, and is proved to be the same otherwise.
    /// @param moved Whether money was moved in the trial: the upgrader had some, and no pause.
    event TokenUpgraded(address indexed token, address indexed code, bool moved);

    /// @notice How every rehearsal ends that found nothing wrong; `moved` as in TokenUpgraded.
    error Rehearsed(bool moved);

    /// @notice How every trial ends that found nothing wrong.
    error Passed();

    /// @notice To this question the new code has another answer.
    error AnswerChanged(bytes question, bytes was, bytes became);

    /// @notice The token does not answer this question.
    error Unanswered(bytes question);

    /// @notice The new code let in a caller who has no right to this call.
    error LetIn(bytes call);

    /// @notice The new code failed in the trial, at this step of it.
    error TrialFailed(string step);

    /// @notice The trial ended in another way than by passing; `reason` is what it reverted with.
    error TrialReverted(bytes reason);

    /// @notice Put `token` on `code`, or change nothing. Restricted, by the role that waits.
    /// @param migration Call of the new code, made in the token as it is installed; may be empty.
    function upgrade(
        IDepositToken token,
        address code,
        bytes calldata migration,
        Samples calldata samples
    ) external;

    /// @notice Create the code and do all of `upgrade`, then revert with `Rehearsed`. For anyone,
    /// since it never leaves a trace; it shows what would become of code that is not there yet.
    /// @param creation Creation code of the new code, with the constructor's arguments.
    function rehearse(
        IDepositToken token,
        bytes calldata creation,
        bytes calldata migration,
        Samples calldata samples
    ) external;

    /// @notice Try the token's code out, then revert: with `Passed` or with what is wrong. For
    /// anyone, since it never leaves a trace.
    /// @param moves Whether to move a minor unit of the upgrader round.
    function tryOut(IDepositToken token, bool moves) external;

    /// @notice Storage slot that code is installed in (ERC-1822); a trial installs this contract's.
    function proxiableUUID() external pure returns (bytes32);

    /// @notice The contract whose code answers: asked of a token in the trial, this one.
    function runsOn() external view returns (address);
}
