// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {IDepositCompliance} from "../interfaces/IDepositCompliance.sol";
import {HoldTerms, IDepositHolds} from "../interfaces/IDepositHolds.sol";
import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {IERC7943Fungible} from "../interfaces/IERC7943Fungible.sol";
import {ITokenUpgrader, Samples} from "../interfaces/ITokenUpgrader.sol";

/// @title Upgrades that prove themselves; see ITokenUpgrader
contract TokenUpgrader is AccessManaged, ITokenUpgrader {
    // What must fail and what must answer the same byte for byte is called without decoding.
    // slither-disable-start low-level-calls
    // No time is compared: the holds of a trial carry one, and what they give is.
    // slither-disable-start timestamp
    // Every question is put to the one token; if one fails, the whole upgrade shall.
    // slither-disable-start calls-loop
    // All the money must be there again, not nearly all.
    // slither-disable-start incorrect-equality
    // Whether a hold was opened is asked of heldOf, not of the id.
    // slither-disable-start unused-return

    uint256 private constant PER_TOKEN = 8;
    uint256 private constant PER_ACCOUNT = 6;

    // Through a proxy address(this) is the proxy; this stays the code's own, under OpenZeppelin's
    // name for it, by which a deployment is checked.
    // slither-disable-next-line naming-convention
    address private immutable __self = address(this);

    constructor(address access) AccessManaged(access) {}

    // -------------------------------------------------------------------------------- upgrades

    function upgrade(
        IDepositToken token,
        address code,
        bytes calldata migration,
        Samples calldata samples
    ) external restricted {
        bool moved = _upgrade(token, code, migration, samples);
        emit TokenUpgraded(address(token), code, moved);
    }

    function rehearse(
        IDepositToken token,
        bytes calldata creation,
        bytes calldata migration,
        Samples calldata samples
    ) external {
        address code = Create2.deploy(0, 0, creation);
        revert Rehearsed(_upgrade(token, code, migration, samples));
    }

    function tryOut(IDepositToken token, bool moves) external {
        _requireRefusals(token);
        if (moves) _moveRound(token);
        // What could not be upgraded again would be final without anyone having decided so. The
        // code installed is this contract's: a token that runs on it tells so.
        UUPSUpgradeable(address(token)).upgradeToAndCall(address(this), "");
        (bool told, bytes memory answer) =
            address(token).staticcall(abi.encodeCall(ITokenUpgrader.runsOn, ()));
        bytes32 expected = keccak256(abi.encode(address(this)));
        _expect(told && keccak256(answer) == expected, "upgradeToAndCall");
        revert Passed();
    }

    // ------------------------------------------------------------------- as code, in the trial

    function proxiableUUID() external pure returns (bytes32) {
        return ERC1967Utils.IMPLEMENTATION_SLOT;
    }

    function runsOn() external view returns (address) {
        return __self;
    }

    // ----------------------------------------------------------------------------------- parts

    function _upgrade(
        IDepositToken token,
        address code,
        bytes calldata migration,
        Samples calldata samples
    ) private returns (bool moves) {
        bytes[] memory questions = _questions(samples);
        bytes[] memory answers = _asked(token, questions);
        // By the old code's word: the new one must not talk itself out of the trial.
        moves = token.pauseBits() == 0 && token.canTransfer(address(this), address(this), 1);
        UUPSUpgradeable(address(token)).upgradeToAndCall(code, migration);
        _requireSame(questions, answers, _asked(token, questions));
        (bool done, bytes memory reason) =
            address(this).call(abi.encodeCall(this.tryOut, (token, moves)));
        if (done || bytes4(reason) != Passed.selector) revert TrialReverted(reason);
    }

    function _questions(Samples calldata samples) private pure returns (bytes[] memory list) {
        uint256 accounts = samples.accounts.length;
        list = new bytes[](PER_TOKEN + PER_ACCOUNT * accounts + samples.holds.length);
        list[0] = abi.encodeCall(IERC20Metadata.name, ());
        list[1] = abi.encodeCall(IERC20Metadata.symbol, ());
        list[2] = abi.encodeCall(IERC20Metadata.decimals, ());
        list[3] = abi.encodeCall(IDepositToken.currency, ());
        list[4] = abi.encodeCall(IERC20.totalSupply, ());
        list[5] = abi.encodeCall(IDepositCompliance.pauseBits, ());
        list[6] = abi.encodeCall(IAccessManaged.authority, ());
        list[7] = abi.encodeCall(IERC20Permit.DOMAIN_SEPARATOR, ());
        uint256 next = PER_TOKEN;
        for (uint256 i = 0; i < accounts; ++i) {
            address account = samples.accounts[i];
            list[next++] = abi.encodeCall(IERC20.balanceOf, (account));
            list[next++] = abi.encodeCall(IDepositToken.heldOf, (account));
            list[next++] = abi.encodeCall(IDepositToken.availableOf, (account));
            list[next++] = abi.encodeCall(IDepositCompliance.flagsOf, (account));
            list[next++] = abi.encodeCall(IERC7943Fungible.getFrozenTokens, (account));
            list[next++] = abi.encodeCall(IERC20Permit.nonces, (account));
        }
        for (uint256 i = 0; i < samples.holds.length; ++i) {
            list[next++] = abi.encodeCall(IDepositHolds.holdState, (samples.holds[i]));
        }
    }

    function _asked(IDepositToken token, bytes[] memory questions)
        private
        view
        returns (bytes[] memory answers)
    {
        answers = new bytes[](questions.length);
        for (uint256 i = 0; i < questions.length; ++i) {
            (bool answered, bytes memory answer) = address(token).staticcall(questions[i]);
            if (!answered || answer.length == 0) revert Unanswered(questions[i]);
            answers[i] = answer;
        }
    }

    function _requireSame(
        bytes[] memory questions,
        bytes[] memory answers,
        bytes[] memory later
    ) private pure {
        for (uint256 i = 0; i < questions.length; ++i) {
            if (keccak256(answers[i]) != keccak256(later[i])) {
                revert AnswerChanged(questions[i], answers[i], later[i]);
            }
        }
    }

    /// @dev Nobody gave the upgrader any of these rights, and a token is set up only once.
    function _requireRefusals(IDepositToken token) private {
        address self = address(this);
        HoldTerms memory terms = _terms(1);
        _requireRefused(token, abi.encodeCall(token.mint, (self, 1)));
        _requireRefused(token, abi.encodeCall(token.burn, (self, 1)));
        _requireRefused(token, abi.encodeCall(token.burnHeld, (terms, 1)));
        _requireRefused(token, abi.encodeCall(token.setAccountFlags, (self, 1)));
        _requireRefused(token, abi.encodeCall(token.freeze, (self, 2)));
        _requireRefused(token, abi.encodeCall(token.setFrozenTokens, (self, 1)));
        _requireRefused(
            token,
            abi.encodeWithSignature(
                "forcedTransfer(address,address,uint256,bytes32,bytes32)",
                self, self, 1, terms.ref, terms.ref
            )
        );
        _requireRefused(token, abi.encodeCall(token.pause, (1)));
        _requireRefused(token, abi.encodeCall(token.unpause, (1)));
        _requireRefused(token, abi.encodeCall(token.deactivate, ()));
        _requireRefused(token, abi.encodeCall(IAccessManaged.setAuthority, (self)));
        bytes memory setUp = abi.encodeCall(token.initialize, ("x", "x", "XXX", 0, authority()));
        (bool done,) = address(token).call(setUp);
        if (done) revert LetIn(setUp);
    }

    function _requireRefused(IDepositToken token, bytes memory data) private {
        (bool done, bytes memory reason) = address(token).call(data);
        if (done || bytes4(reason) != AccessManagedUnauthorized.selector) revert LetIn(data);
    }

    function _moveRound(IDepositToken token) private {
        address self = address(this);
        uint256 all = token.balanceOf(self);
        _expect(token.transfer(self, 1), "transfer");
        _expect(token.approve(self, 1), "approve");
        _expect(token.transferFrom(self, self, 1), "transferFrom");
        _expect(token.allowance(self, self) == 0, "allowance");
        uint256 held = token.heldOf(self);
        HoldTerms memory terms = _terms(1);
        token.createHold(terms);
        _expect(token.heldOf(self) == held + 1, "createHold");
        (bool spent,) = address(token).call(abi.encodeCall(token.transfer, (self, all)));
        _expect(!spent, "held money was spent");
        token.executeHold(terms, 1);
        terms = _terms(2);
        token.createHold(terms);
        token.releaseHold(terms);
        _expect(token.heldOf(self) == held && token.balanceOf(self) == all, "holds");
    }

    function _expect(bool fine, string memory step) private pure {
        if (!fine) revert TrialFailed(step);
    }

    /// @dev A hold for itself, told apart by its reference.
    function _terms(uint256 number) private view returns (HoldTerms memory) {
        address self = address(this);
        bytes32 ref = keccak256(abi.encode(self, block.number, number));
        return HoldTerms(self, self, 1, self, uint64(block.timestamp + 1), ref);
    }

    // slither-disable-end low-level-calls,timestamp,calls-loop,incorrect-equality,unused-return
}
