// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms} from "../../../../contracts/interfaces/IDepositHolds.sol";
import {vm} from "../../base/Vm.sol";
import {TokenGhosts} from "./TokenGhosts.sol";

/// @notice Holds: opened, paid one by one or together, burned, given back.
abstract contract TokenHolds is TokenGhosts {
    uint256 private _refs;

    function opensHold(uint256 by, uint256 from, uint256 to, uint256 amount, uint256 any) external {
        _opens(by, _anyone(to), notary, _anyone(from), amount, any);
    }

    function opensRedemption(uint256 by, uint256 from, uint256 amount, uint256 any) external {
        _opens(by, minter, minter, _anyone(from), amount, any);
    }

    function opensShared(uint256 by, uint256 from, uint256 amount, uint256 any) external {
        _opens(by, notary, notary, _anyone(from), amount, any);
    }

    function executesHold(uint256 by, uint256 which, uint256 amount) external {
        HoldTerms memory terms = _found(which, _dice(which, 2) == 0 ? alice : bob, 0);
        bytes32 id = token.holdId(terms);
        address caller = _mostly(terms.notary, by, 8);
        amount = _amount(amount, terms.amount);
        _remember();
        _send(caller, address(token), abi.encodeCall(token.executeHold, (terms, amount)));
        _paid(terms.holder, terms.recipient, amount, SETTLEMENTS);
        _executed(terms, id, caller, amount);
    }

    function burnsHeld(uint256 by, uint256 which, uint256 amount) external {
        HoldTerms memory terms = _found(which, minter, 0);
        bytes32 id = token.holdId(terms);
        address caller = _mostly(minter, by, 8);
        amount = _amount(amount, terms.amount);
        _remember();
        _send(caller, address(token), abi.encodeCall(token.burnHeld, (terms, amount)));
        _takes(terms.holder, amount, SETTLEMENTS | SUPPLY);
        _unmoved();
        _executed(terms, id, caller, amount);
        _must(terms.recipient == caller && caller == minter, "another's hold was burned");
        burned += amount;
    }

    function executesTogether(uint256 by, uint256 one, uint256 two, uint256 to, uint256 cut)
        external
    {
        HoldTerms[] memory holds = new HoldTerms[](2);
        (holds[0], holds[1]) = (_found(one, notary, 0), _found(two, notary, 1));
        uint256[] memory amounts = new uint256[](2);
        (amounts[0], amounts[1]) = (_part(one, holds[0].amount), _part(two, holds[1].amount));
        address[] memory payees = new address[](2);
        (payees[0], payees[1]) = (_anyone(to), _anyone(cut));
        uint256[] memory due = new uint256[](2);
        uint256 sum;
        unchecked {
            sum = amounts[0] + amounts[1];
            // At times a unit more than the holds yield, or less.
            if (_dice(cut, 8) == 0) sum = sum + _dice(cut, 3) - 1;
            due[0] = sum == 0 ? 0 : cut % sum;
            due[1] = sum - due[0];
        }
        address caller = _mostly(notary, by, 8);
        _remember();
        bytes memory data = abi.encodeCall(token.executeHolds, (holds, amounts, payees, due));
        _send(caller, address(token), data);
        _must(sum == amounts[0] + amounts[1], "shared out another amount than was held");
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 id = token.holdId(holds[i]);
            _must(holds[i].recipient == caller, "another's hold was shared out");
            _executed(holds[i], id, caller, amounts[i]);
            _takes(holds[i].holder, amounts[i], SETTLEMENTS);
        }
        for (uint256 i = 0; i < 2; ++i) _gives(payees[i], due[i], SETTLEMENTS);
        _unmoved();
    }

    function releasesHold(uint256 by, uint256 which) external {
        HoldTerms memory terms = _hold(which);
        bytes32 id = token.holdId(terms);
        address caller = _mostly(terms.notary, by, 2);
        bool due = block.timestamp >= terms.expiry;
        bool party = caller == terms.notary || caller == terms.recipient;
        _remember();
        bytes memory data = abi.encodeCall(token.releaseHold, (terms));
        if (!isOpen[id] || (!due && !party)) {
            _send(caller, address(token), data);
            _violates("released by a stranger, or twice");
            return;
        }
        // Whatever is paused, frozen or over: what is due is given back, to anyone's call.
        vm.prank(caller);
        (bool done,) = address(token).call(data);
        _must(done, "a hold could not be released");
        _unmoved();
        _closed(terms, id);
    }

    function _opens(
        uint256 by,
        address recipient,
        address decider,
        address holder,
        uint256 amount,
        uint256 any
    ) private {
        HoldTerms memory terms = HoldTerms({
            holder: holder,
            recipient: recipient,
            amount: _amount(amount, token.availableOf(holder) / 4),
            notary: decider,
            expiry: uint64(block.timestamp + _dice(any, 7) * HOUR),
            ref: bytes32(_dice(any, 16) == 0 ? any % 2 : ++_refs)
        });
        address caller = _mostly(holder, by, 8);
        uint256 free = _free(holder);
        _remember();
        bytes memory data = abi.encodeCall(token.createHold, (terms));
        bytes32 id = abi.decode(_send(caller, address(token), data), (bytes32));
        _takes(holder, 0, SETTLEMENTS);
        _unmoved();
        _must(caller == holder, "another than the holder opened a hold");
        _must(terms.amount != 0 && terms.amount <= free, "what is not available was held");
        _must(terms.expiry > block.timestamp && terms.ref != 0, "a hold is late or nameless");
        _must(token.holdState(id) == HoldState.Open && !isOpen[id], "a hold opened twice");
        _opened(terms, id);
    }

    function _executed(HoldTerms memory terms, bytes32 id, address caller, uint256 amount) private {
        _must(caller == terms.notary, "another than the notary executed a hold");
        _must(isOpen[id] && block.timestamp < terms.expiry, "executed twice, or too late");
        _must(amount != 0 && amount <= terms.amount, "executed for nothing, or for too much");
        _must(token.holdState(id) == HoldState.Closed, "executed, and still open");
        _closed(terms, id);
    }

    function _part(uint256 seed, uint256 amount) private pure returns (uint256) {
        return amount == 0 || _dice(seed, 16) == 0 ? seed : seed % amount + 1;
    }
}
