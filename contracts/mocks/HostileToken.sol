// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms} from "../interfaces/IDepositHolds.sol";

/// @title A token in every mood that an engine must survive
/// @notice Takes any signature and any hold for good; its mood decides how it pays; for tests.
contract HostileToken {
    enum Mood {
        Honest,
        Idle, // returns and moves nothing
        False, // says false and moves nothing
        Fee, // keeps one for itself
        Generous, // pays one too many
        Reverting,
        Empty, // reverts without a reason
        Bombing, // reverts with a megabyte
        Burning, // until there is no gas
        Entering, // calls the engine back, then pays
        Lying, // shows what it should have paid, and moves nothing
        Mute, // does not tell a balance
        Shrinking // takes from the payee
    }

    error NotToday(uint256 what);

    Mood public mood;
    // What it says where it does not pay: `releaseHold`, `holdId` and `holdState`.
    Mood public manners;
    bytes public heard;
    mapping(address account => uint256) private _balances;
    mapping(address account => uint256) private _lies;
    mapping(bytes32 id => HoldState) private _holds;
    address private _engine;
    bytes private _entry;

    function become(Mood mood_, Mood manners_) external {
        (mood, manners) = (mood_, manners_);
    }

    function enter(address engine, bytes calldata entry) external {
        (_engine, _entry, mood) = (engine, entry, Mood.Entering);
    }

    function mint(address to, uint256 amount) external {
        _balances[to] += amount;
    }

    // ------------------------------------------------------------------------------ as a token

    function balanceOf(address account) public view returns (uint256) {
        if (mood == Mood.Mute) _stop();
        return _balances[account] + _lies[account];
    }

    function balancesOf(address[] calldata accounts) external view returns (uint256[] memory all) {
        all = new uint256[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            all[i] = balanceOf(accounts[i]);
        }
    }

    function settleTransfer(
        address from,
        address to,
        uint256 amount,
        bytes32,
        uint256,
        uint256,
        bytes calldata
    ) external returns (bool) {
        return _pay(from, to, amount);
    }

    function createHold(HoldTerms calldata terms) external returns (bytes32 id) {
        id = keccak256(abi.encode(terms));
        _holds[id] = HoldState.Open;
    }

    function executeHold(HoldTerms calldata terms, uint256 amount) external returns (bool) {
        _holds[keccak256(abi.encode(terms))] = HoldState.Closed;
        return _pay(terms.holder, terms.recipient, amount);
    }

    function executeHolds(
        HoldTerms[] calldata holds,
        uint256[] calldata amounts,
        address[] calldata payees,
        uint256[] calldata due
    ) external returns (bool paid) {
        for (uint256 i = 0; i < holds.length; ++i) {
            _balances[holds[i].holder] -= amounts[i];
            _balances[address(this)] += amounts[i];
        }
        for (uint256 i = 0; i < payees.length; ++i) {
            paid = _pay(address(this), payees[i], due[i]);
        }
    }

    function releaseHold(HoldTerms calldata terms) external {
        _behave(manners);
        _holds[keccak256(abi.encode(terms))] = HoldState.Closed;
    }

    function holdId(HoldTerms calldata terms) external view returns (bytes32) {
        _behave(manners);
        return keccak256(abi.encode(terms));
    }

    function holdState(bytes32 id) external view returns (HoldState) {
        return _holds[id];
    }

    // ----------------------------------------------------------------------------------- moods

    function _pay(address from, address to, uint256 amount) private returns (bool) {
        _behave(mood);
        if (mood == Mood.Entering) {
            (, heard) = _engine.call(_entry);
        }
        if (mood == Mood.Lying) _lies[to] += amount;
        if (mood == Mood.Shrinking) _balances[to] -= amount;
        if (mood == Mood.Idle || mood == Mood.False || mood == Mood.Lying) return false;
        _balances[from] -= amount;
        _balances[to] += mood == Mood.Fee
            ? amount - 1
            : mood == Mood.Generous ? amount + 1 : amount;
        return true;
    }

    function _behave(Mood current) private view {
        if (current == Mood.Reverting) revert NotToday(7);
        if (current == Mood.Empty) _fail(0);
        if (current == Mood.Bombing) _fail(1 << 20);
        while (current == Mood.Burning && gasleft() != 0) {}
    }

    function _fail(uint256 size) private pure {
        // Memory beyond the free pointer is zero and nothing is read back: the call ends here.
        assembly {
            revert(mload(0x40), size)
        }
    }

    function _stop() private pure {
        assembly {
            return(0, 0)
        }
    }
}
