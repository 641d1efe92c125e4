// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms} from "../../../contracts/interfaces/IDepositHolds.sol";
import {ALLOWED, NO_RECEIVE, NO_SEND} from "../../../contracts/libraries/AccountWord.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice Calls of the token in any order, by anyone, with anything; after each that was accepted,
/// exactly the accounts it names have moved, and all that had to hold for it did.
contract TokenHandler is Handler {
    uint32 private constant TRANSFERS = 1;
    uint32 private constant SUPPLY = 2;
    uint32 private constant HOLDS = 4;

    address[] public people;
    HoldTerms[] public opened;

    // What the events tell, kept apart from the token.
    mapping(bytes32 id => bool) public isOpen;
    mapping(address account => uint256) public held;
    mapping(address account => uint32) public flags;
    uint32 public paused;
    uint256 public minted;
    uint256 public burned;

    mapping(address account => uint256) private _before;

    constructor() {
        _build();
        people = [alice, bob, carol, notary, stranger, minter, guardian];
        flags[alice] = ALLOWED;
        flags[bob] = ALLOWED;
        _mint(alice, 1_000_000);
        _mint(bob, 1_000_000);
        minted = 2_000_000;
    }

    function served() external view returns (IDepositToken) {
        return token;
    }

    function count() external view returns (uint256 accounts, uint256 holds) {
        return (people.length, opened.length);
    }

    function transfers(uint256 from, uint256 to, uint256 amount) external {
        (address payer, address payee) = (_anyone(from), _anyone(to));
        amount = _amount(amount, token.availableOf(payer));
        _remember();
        _send(payer, address(token), abi.encodeCall(token.transfer, (payee, amount)));
        _paid(payer, payee, amount, TRANSFERS);
        _must(amount <= _before[payer] - held[payer], "more than available was paid");
    }

    function transfersWithRef(uint256 from, uint256 to, uint256 amount, uint128 ref) external {
        (address payer, address payee) = (_anyone(from), _anyone(to));
        amount = _amount(amount, token.availableOf(payer));
        bytes32 payment = _ref(ref % 8, 0);
        _remember();
        bytes memory data = abi.encodeCall(token.transferWithRef, (payee, amount, payment));
        _send(payer, address(token), data);
        _paid(payer, payee, amount, TRANSFERS);
        _must(amount <= _before[payer] - held[payer], "more than available was paid");
        _must(amount != 0 && payment != 0, "paid nothing, or without a reference");
    }

    function approves(uint256 from, uint256 to, uint256 amount) external {
        bytes memory data = abi.encodeCall(token.approve, (_anyone(to), amount));
        _send(_anyone(from), address(token), data);
    }

    function transfersFrom(uint256 by, uint256 from, uint256 to, uint256 amount) external {
        (address payer, address payee, address spender) = (_anyone(from), _anyone(to), _anyone(by));
        uint256 allowed = token.allowance(payer, spender);
        amount = _amount(amount, token.availableOf(payer));
        _remember();
        bytes memory data = abi.encodeCall(token.transferFrom, (payer, payee, amount));
        _send(spender, address(token), data);
        _paid(payer, payee, amount, TRANSFERS);
        _must(amount <= allowed, "more was spent than allowed");
        _must(
            allowed == type(uint256).max || token.allowance(payer, spender) == allowed - amount,
            "an allowance did not fall by what was spent"
        );
    }

    function mints(uint256 by, uint256 to, uint256 amount) external {
        (address caller, address payee) = (_mostly(minter, by, 8), _anyone(to));
        amount = _amount(amount, 1_000_000);
        _remember();
        _send(caller, address(token), abi.encodeCall(token.mint, (payee, amount)));
        _paid(address(0), payee, amount, SUPPLY);
        _must(caller == minter && amount != 0, "minted nothing, or by another than the minter");
        minted += amount;
    }

    function burns(uint256 by, uint256 from, uint256 amount) external {
        (address caller, address payer) = (_mostly(minter, by, 8), _anyone(from));
        amount = _amount(amount, token.availableOf(payer));
        _remember();
        _send(caller, address(token), abi.encodeCall(token.burn, (payer, amount)));
        _paid(payer, address(0), amount, SUPPLY);
        _must(caller == minter && amount != 0, "burned nothing, or by another than the minter");
        _must(amount <= _before[payer] - held[payer], "held money was burned");
        burned += amount;
    }

    function opensHold(uint256 by, uint256 from, uint256 to, uint256 amount, uint256 ref) external {
        address holder = _anyone(from);
        HoldTerms memory terms = HoldTerms({
            holder: holder,
            recipient: _dice(ref, 3) == 0 ? minter : _anyone(to),
            amount: _amount(amount, token.availableOf(holder)),
            notary: _dice(ref, 3) == 0 ? minter : notary,
            expiry: uint64(block.timestamp + _dice(ref, 7) * HOUR),
            ref: bytes32(ref % 64)
        });
        address caller = _mostly(holder, by, 8);
        _remember();
        bytes memory data = abi.encodeCall(token.createHold, (terms));
        bytes32 id = abi.decode(_send(caller, address(token), data), (bytes32));
        _paid(holder, holder, 0, HOLDS);
        _must(caller == holder, "another than the holder opened a hold");
        _must(terms.amount <= _before[holder] - held[holder], "what is not available was held");
        _must(terms.expiry > block.timestamp && terms.ref != 0, "a hold is late or nameless");
        _must(token.holdState(id) == HoldState.Open && !isOpen[id], "a hold opened twice");
        opened.push(terms);
        isOpen[id] = true;
        held[holder] += terms.amount;
    }

    function executesHold(uint256 by, uint256 which, uint256 amount) external {
        HoldTerms memory terms = _hold(which);
        bytes32 id = token.holdId(terms);
        address caller = _mostly(terms.notary, by, 8);
        amount = _amount(amount, terms.amount);
        _remember();
        _send(caller, address(token), abi.encodeCall(token.executeHold, (terms, amount)));
        _paid(terms.holder, terms.recipient, amount, HOLDS);
        _executed(terms, id, caller, amount);
    }

    function burnsHeld(uint256 by, uint256 which, uint256 amount) external {
        HoldTerms memory terms = _hold(which);
        bytes32 id = token.holdId(terms);
        address caller = _mostly(minter, by, 8);
        amount = _amount(amount, terms.amount);
        _remember();
        _send(caller, address(token), abi.encodeCall(token.burnHeld, (terms, amount)));
        _paid(terms.holder, address(0), amount, HOLDS | SUPPLY);
        _executed(terms, id, caller, amount);
        _must(terms.recipient == caller && caller == minter, "another's hold was burned");
        burned += amount;
    }

    function releasesHold(uint256 by, uint256 which) external {
        HoldTerms memory terms = _hold(which);
        bytes32 id = token.holdId(terms);
        address caller = _mostly(terms.notary, by, 8);
        bool due = block.timestamp >= terms.expiry;
        bool party = caller == terms.notary || caller == terms.recipient;
        _remember();
        // Whatever is paused or frozen, a hold that is due is given back, to anyone's call.
        if (isOpen[id] && (due || party)) {
            vm.prank(caller);
            try token.releaseHold(terms) {}
            catch {
                _violates("a hold could not be released");
            }
        } else {
            _send(caller, address(token), abi.encodeCall(token.releaseHold, (terms)));
            _violates("released by a stranger, or twice");
        }
        _unmoved();
        _closed(terms, id);
    }

    function setsFlags(uint256 by, uint256 whose, uint256 bits) external {
        (address caller, address account) = (_mostly(compliance, by, 8), _anyone(whose));
        // Mostly admitted, or nothing would move for long.
        uint32 next = _dice(bits, 8) != 0 ? ALLOWED : uint32(_dice(bits, 9));
        _remember();
        _send(caller, address(token), abi.encodeCall(token.setAccountFlags, (account, next)));
        _unmoved();
        _must(caller == compliance && next < 8, "flags were set by a stranger, or unknown ones");
        flags[account] = next;
    }

    function freezes(uint256 by, uint256 whose, uint256 bits) external {
        (address caller, address account) = (_mostly(compliance, by, 8), _anyone(whose));
        uint32 added = uint32(_dice(bits, 9));
        _remember();
        _send(caller, address(token), abi.encodeCall(token.freeze, (account, added)));
        _unmoved();
        _must(caller == compliance, "frozen by a stranger");
        _must(added & ~(NO_SEND | NO_RECEIVE) == 0 && added != 0, "a freeze of other bits");
        flags[account] |= added;
    }

    function pauses(uint256 by, uint256 bits) external {
        address caller = _dice(by, 5) == 0 ? guardian : _anyone(by);
        uint32 added = uint32(_dice(bits, 9));
        _send(caller, address(token), abi.encodeCall(token.pause, (added)));
        _must(caller == guardian && added != 0 && added < 8, "paused by a stranger, or nothing");
        paused |= added;
    }

    function unpauses(uint256 by, uint256 bits) external {
        address caller = _mostly(address(this), by, 8);
        // Often all, or nothing would move for long.
        uint32 taken = _dice(bits, 3) != 0 ? 7 : uint32(_dice(bits, 9));
        _send(caller, address(token), abi.encodeCall(token.unpause, (taken)));
        _must(caller == address(this) && taken != 0 && taken < 8, "unpaused by a stranger");
        paused &= ~taken;
    }

    function timePasses(uint256 seconds_) external {
        vm.warp(block.timestamp + seconds_ % (HOUR / 4));
    }

    function _executed(HoldTerms memory terms, bytes32 id, address caller, uint256 amount) private {
        _must(caller == terms.notary, "another than the notary executed a hold");
        _must(isOpen[id] && block.timestamp < terms.expiry, "executed twice, or too late");
        _must(amount != 0 && amount <= terms.amount, "executed for nothing, or for too much");
        _closed(terms, id);
    }

    function _closed(HoldTerms memory terms, bytes32 id) private {
        isOpen[id] = false;
        held[terms.holder] -= terms.amount;
    }

    function _paid(address payer, address payee, uint256 amount, uint32 bits) private {
        _must(paused & bits == 0, "paid although paused");
        if (payer != address(0)) {
            _must(flags[payer] & (ALLOWED | NO_SEND) == ALLOWED, "paid by one who may not send");
            _before[payer] -= amount;
        }
        if (payee != address(0) && amount != 0) {
            _must(flags[payee] & (ALLOWED | NO_RECEIVE) == ALLOWED, "paid to one who may not");
            _before[payee] += amount;
        }
        _unmoved();
        if (payer != address(0)) _before[payer] += amount;
    }

    function _remember() private {
        for (uint256 i = 0; i < people.length; ++i) _before[people[i]] = token.balanceOf(people[i]);
    }

    function _unmoved() private {
        for (uint256 i = 0; i < people.length; ++i) {
            _must(token.balanceOf(people[i]) == _before[people[i]], "a stranger's balance moved");
        }
    }

    function _hold(uint256 seed) private view returns (HoldTerms memory terms) {
        if (opened.length == 0 || _dice(seed, 8) == 0) return _terms(seed);
        // Mostly one of the last, which are likely to be open.
        uint256 among = _dice(seed, 2) == 0 || opened.length < 4 ? opened.length : 4;
        return opened[opened.length - 1 - seed % among];
    }
}
