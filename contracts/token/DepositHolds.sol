// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms} from "../interfaces/IDepositToken.sol";
import {AccountWord} from "../libraries/AccountWord.sol";
import {DepositAccounts} from "./DepositAccounts.sol";

/// @title Holds of a deposit token; see IDepositHolds
/// @notice Of a hold only its state is stored, under the hash of its terms: whoever acts on it
/// shows the terms again.
abstract contract DepositHolds is DepositAccounts {
    // A hold ends at a second of the chain's time; who makes a block can shift it by seconds only.
    // slither-disable-start timestamp

    function createHold(HoldTerms calldata terms) external returns (bytes32 id) {
        _requireRunning(PAUSE_SETTLE);
        (address holder, address recipient, address notary) =
            (terms.holder, terms.recipient, terms.notary);
        (uint256 amount, uint64 expiry, bytes32 ref) = (terms.amount, terms.expiry, terms.ref);
        _requireAmount(amount);
        if (msg.sender != holder) revert NotHolder(msg.sender, holder);
        if (recipient == address(0) || notary == address(0)) {
            revert HoldIncomplete(recipient, notary);
        }
        _requireReference(ref);
        id = holdId(terms);
        if (expiry <= block.timestamp) revert HoldExpired(id, expiry, block.timestamp);
        TokenStorage storage $ = _token();
        if ($.holds[id] != HoldState.None) revert HoldExists(id);
        $.holds[id] = HoldState.Open;
        _hold(holder, amount);
        emit HoldOpened(id, holder, recipient, amount, notary, expiry, ref);
    }

    function executeHold(HoldTerms calldata terms, uint256 amount) external {
        _requireRunning(PAUSE_SETTLE);
        address holder = _close(terms, amount);
        address recipient = terms.recipient;
        _credit(recipient, amount);
        emit Transfer(holder, recipient, amount);
        emit TransferRef(holder, recipient, amount, terms.ref);
    }

    function executeHolds(
        HoldTerms[] calldata holds,
        uint256[] calldata amounts,
        address[] calldata payees,
        uint256[] calldata due
    ) external {
        _requireRunning(PAUSE_SETTLE);
        _requireSameLength(holds.length, amounts.length);
        _requireSameLength(payees.length, due.length);
        uint256 left = _collect(holds, amounts);
        for (uint256 i = 0; i < payees.length; ++i) {
            left -= _payOut(payees[i], due[i], left);
        }
        if (left != 0) revert PayoutsUnbalanced(left, 0);
    }

    function releaseHold(HoldTerms calldata terms) external {
        bytes32 id = _openHold(terms);
        bool party = msg.sender == terms.notary || msg.sender == terms.recipient;
        if (!party && block.timestamp < terms.expiry) {
            revert HoldNotReleasable(id, msg.sender, terms.expiry);
        }
        TokenStorage storage $ = _token();
        $.holds[id] = HoldState.Closed;
        Account storage account = $.accounts[terms.holder];
        account.word = account.word.unhold(terms.amount);
        emit HoldClosed(id, 0, terms.amount);
    }

    // ----------------------------------------------------------------------------------- views

    function holdState(bytes32 id) public view returns (HoldState) {
        return _token().holds[id];
    }

    function holdId(HoldTerms calldata terms) public view returns (bytes32) {
        return keccak256(abi.encode(terms, address(this), block.chainid));
    }

    // ----------------------------------------------------------------------------------- parts

    /// @dev Takes `amount` out of the hold and of the holder's balance, and frees the rest. Whoever
    /// calls this gives the amount to somebody or takes it out of the supply.
    function _close(HoldTerms calldata terms, uint256 amount) internal returns (address holder) {
        _requireAmount(amount);
        bytes32 id = _openHold(terms);
        if (msg.sender != terms.notary) revert NotNotary(msg.sender, terms.notary);
        if (block.timestamp >= terms.expiry) revert HoldExpired(id, terms.expiry, block.timestamp);
        uint256 held = terms.amount;
        if (amount > held) revert HoldExceeded(id, held, amount);
        holder = terms.holder;
        TokenStorage storage $ = _token();
        Account storage account = $.accounts[holder];
        AccountWord word = account.word;
        if (!word.maySend()) revert SenderRefused(holder, word.flagsOf());
        $.holds[id] = HoldState.Closed;
        account.word = word.unhold(held).minus(amount);
        emit HoldClosed(id, amount, held - amount);
    }

    function _collect(HoldTerms[] calldata holds, uint256[] calldata amounts)
        private
        returns (uint256 total)
    {
        for (uint256 i = 0; i < holds.length; ++i) {
            HoldTerms calldata terms = holds[i];
            uint256 amount = amounts[i];
            _requireRecipient(terms);
            address holder = _close(terms, amount);
            total += amount;
            emit Transfer(holder, msg.sender, amount);
        }
        // Without a hold there is nothing to share out.
        _requireAmount(total);
    }

    function _payOut(address payee, uint256 amount, uint256 left) private returns (uint256) {
        _requireAmount(amount);
        // Compared before it is added: no account is given what no hold has yielded.
        if (amount > left) revert PayoutsUnbalanced(left, amount);
        _credit(payee, amount);
        emit Transfer(msg.sender, payee, amount);
        return amount;
    }

    function _requireSameLength(uint256 accounts, uint256 amounts) private pure {
        if (accounts != amounts) revert LengthsDiffer(accounts, amounts);
    }

    function _openHold(HoldTerms calldata terms) private view returns (bytes32 id) {
        id = holdId(terms);
        HoldState state = holdState(id);
        if (state != HoldState.Open) revert HoldNotOpen(id, state);
    }

    function _requireRecipient(HoldTerms calldata terms) internal view {
        if (msg.sender != terms.recipient) revert NotRecipient(msg.sender, terms.recipient);
    }

    // slither-disable-end timestamp
}
