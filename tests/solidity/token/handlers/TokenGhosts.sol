// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../../contracts/interfaces/IDepositToken.sol";
import {ALLOWED, NO_RECEIVE, NO_SEND} from "../../../../contracts/libraries/AccountWord.sol";
import {Handler} from "../../base/Handler.sol";

/// @notice What the calls so far should have made of the token, kept apart from it, and what must
/// hold of any call that it accepted.
abstract contract TokenGhosts is Handler {
    uint32 internal constant TRANSFERS = 1;
    uint32 internal constant SUPPLY = 2;
    uint32 internal constant SETTLEMENTS = 4;

    address[] public people;
    HoldTerms[] public opened;

    mapping(bytes32 id => bool) public isOpen;
    mapping(address account => uint256) public held;
    mapping(address account => uint256) public frozen;
    mapping(address account => uint32) public flags;
    uint32 public paused;
    bool public ended;
    uint256 public minted;
    uint256 public burned;

    mapping(address account => uint256) private _expected;

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

    function accounts() external view returns (uint256) {
        return people.length;
    }

    /// @notice Before a call: how every balance stands.
    function _remember() internal {
        for (uint256 i = 0; i < people.length; ++i) {
            _expected[people[i]] = token.balanceOf(people[i]);
        }
    }

    /// @notice Before a call: what of an account is neither held nor frozen.
    function _free(address account) internal view returns (uint256) {
        uint256 kept = held[account] + _min(frozen[account], type(uint128).max);
        uint256 balance = token.balanceOf(account);
        return balance > kept ? balance - kept : 0;
    }

    /// @notice After a call: this much went from one to the other, by a way that `bits` can pause.
    function _paid(address payer, address payee, uint256 amount, uint32 bits) internal {
        _takes(payer, amount, bits);
        _gives(payee, amount, bits);
        _unmoved();
    }

    function _takes(address payer, uint256 amount, uint32 bits) internal {
        _must(paused & bits == 0, "paid although paused");
        _must(flags[payer] & (ALLOWED | NO_SEND) == ALLOWED, "paid by one who may not send");
        _must(amount <= _expected[payer], "paid out of nothing");
        unchecked {
            _expected[payer] -= amount;
        }
    }

    function _gives(address payee, uint256 amount, uint32 bits) internal {
        _must(paused & bits == 0, "paid although paused");
        _must(flags[payee] & (ALLOWED | NO_RECEIVE) == ALLOWED, "paid to one who may not");
        _expected[payee] += amount;
    }

    /// @notice Money was taken by force, whatever the payer's flags are.
    function _forced(address payer, address payee, uint256 amount) internal {
        _expected[payer] -= amount;
        _gives(payee, amount, 0);
        _unmoved();
    }

    /// @notice No balance is another than what is expected.
    function _unmoved() internal {
        for (uint256 i = 0; i < people.length; ++i) {
            _must(token.balanceOf(people[i]) == _expected[people[i]], "a balance moved by itself");
        }
    }

    function _opened(HoldTerms memory terms, bytes32 id) internal {
        opened.push(terms);
        isOpen[id] = true;
        held[terms.holder] += terms.amount;
    }

    function _closed(HoldTerms memory terms, bytes32 id) internal {
        isOpen[id] = false;
        held[terms.holder] -= terms.amount;
    }

    /// @notice Mostly one of the last that are still open; at times any, or one that never was.
    function _hold(uint256 seed) internal view returns (HoldTerms memory) {
        return _found(seed, address(0), _dice(seed, 3));
    }

    /// @notice The same, for one recipient if there is any for it, passing over some of them.
    function _found(uint256 seed, address recipient, uint256 passed)
        internal
        view
        returns (HoldTerms memory)
    {
        uint256 all = opened.length;
        if (all == 0 || _dice(seed, 12) == 0) return _terms(seed);
        for (uint256 i = all; i > 0 && i + 16 > all && _dice(seed, 12) != 1; --i) {
            HoldTerms memory terms = opened[i - 1];
            bool fits = recipient == address(0) || recipient == terms.recipient;
            if (!fits || !isOpen[token.holdId(terms)]) continue;
            if (passed == 0) return terms;
            --passed;
        }
        return opened[seed % all];
    }

    function _min(uint256 one, uint256 other) internal pure returns (uint256) {
        return one < other ? one : other;
    }
}
