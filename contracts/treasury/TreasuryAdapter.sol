// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {
    ReentrancyGuardTransient
} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ITreasuryAdapter, Venue, VenueKind} from "../interfaces/ITreasuryAdapter.sol";
import {Balances} from "./Balances.sol";
import {Positions} from "./Positions.sol";
import {SwapVenue} from "./SwapVenue.sol";

/// @title Places the treasury's money in venues under mandate; see ITreasuryAdapter
contract TreasuryAdapter is ITreasuryAdapter, AccessManaged, Pausable, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    // Deadlines and a day's refill go by the chain's time; seconds make no difference to them.
    // slither-disable-start timestamp

    /// What was placed and did not come back; for swaps what was changed, as of a second.
    struct Use {
        uint128 outlay;
        uint64 asOf;
        bool closed;
    }

    uint256 private constant BPS = 10_000;
    uint256 private constant REFILL_SECONDS = 1 days;

    address public immutable treasury;

    mapping(address venue => Venue) private _venues;
    mapping(address venue => Use) private _uses;
    mapping(bytes32 ref => bool) private _references;

    constructor(address access, address treasury_) AccessManaged(access) {
        if (access.code.length == 0) revert NotAContract(access);
        if (treasury_ == address(0)) revert NotAContract(treasury_);
        treasury = treasury_;
    }

    function deposit(address venue, uint256 assets, uint256 sharesMin, bytes32 ref)
        external
        restricted
        nonReentrant
        whenNotPaused
        returns (uint256 shares)
    {
        Venue storage terms = _open(venue);
        _useReference(ref);
        shares = _place(venue, terms, assets);
        if (shares < sharesMin) revert TooFewShares(shares, sharesMin);
        emit Deployed(venue, terms.asset, ref, assets, shares);
    }

    function withdraw(
        address venue,
        uint256 assets,
        uint256 assetsMin,
        uint256 sharesMax,
        bytes32 ref
    ) external restricted nonReentrant returns (uint256 received) {
        Venue storage terms = _venues[venue];
        _useReference(ref);
        // Of what is there only the shares are of interest here.
        // slither-disable-next-line unused-return
        (uint256 held,) = Positions.heldIn(venue, terms);
        received = _takeBack(venue, terms, assets);
        if (received < assetsMin) revert TooLittleReceived(terms.asset, received, assetsMin);
        (uint256 kept, uint256 worth) = Positions.heldIn(venue, terms);
        if (held - kept > sharesMax) revert TooManyShares(held - kept, sharesMax);
        bool all = assets == type(uint256).max;
        uint256 rest = all ? worth : Math.saturatingSub(assets, received);
        emit Withdrawn(venue, terms.asset, ref, received, held - kept, rest);
    }

    function swap(
        address venue,
        address sold,
        uint256 amount,
        uint256 receivedMin,
        uint256 deadline,
        bytes32 ref
    ) external restricted nonReentrant whenNotPaused returns (uint256 received) {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline, block.timestamp);
        Venue storage terms = _open(venue);
        _useReference(ref);
        (uint256 byFeeds, uint256 least) = _judged(venue, terms, sold, amount);
        _use(venue, terms.cap, sold == terms.asset ? amount : byFeeds);
        address bought = SwapVenue.boughtFor(venue, terms, sold);
        least = Math.max(least, receivedMin);
        uint256 before = Balances.heldOf(bought, treasury);
        uint256 here = _pull(sold, amount);
        SwapVenue.trade(venue, terms, sold, amount, least, treasury);
        Balances.requireIs(sold, address(this), here);
        received = Balances.heldOf(bought, treasury) - before;
        if (received < least) revert TooLittleReceived(bought, received, least);
        emit Swapped(venue, sold, ref, amount, bought, received);
    }

    function sweep(address asset, bytes32 ref)
        external
        restricted
        nonReentrant
        returns (uint256 amount)
    {
        if (_venues[asset].kind != VenueKind.None) revert IsPosition(asset);
        _useReference(ref);
        amount = Balances.heldOf(asset, address(this));
        if (amount == 0) revert AmountMissing();
        IERC20(asset).safeTransfer(treasury, amount);
        emit Swept(asset, ref, amount);
    }

    function setVenue(address venue, Venue memory terms) external restricted {
        Venue storage current = _venues[venue];
        bool known = current.kind != VenueKind.None;
        if (known && (current.kind != terms.kind || current.asset != terms.asset)) {
            revert TermsFixed(venue);
        }
        Positions.check(venue, terms);
        _settleUse(venue, current.cap);
        _uses[venue].closed = false;
        _venues[venue] = terms;
        emit VenueSet(venue, terms.asset, terms);
    }

    function raiseCap(address venue, uint128 cap) external restricted {
        uint128 current = _open(venue).cap;
        if (cap <= current) revert CapNotRaised(current, cap);
        _setCap(venue, cap);
        emit CapRaised(venue, cap);
    }

    function lowerCap(address venue, uint128 cap) external restricted {
        uint128 current = _known(venue).cap;
        if (cap >= current) revert CapNotLowered(current, cap);
        _setCap(venue, cap);
        emit CapLowered(venue, cap);
    }

    function closeVenue(address venue) external restricted {
        _open(venue);
        _uses[venue].closed = true;
        emit VenueClosed(venue);
    }

    function pause() external restricted {
        _pause();
    }

    function unpause() external restricted {
        _unpause();
    }

    function venueOf(address venue) external view returns (Venue memory) {
        return _venues[venue];
    }

    function isOpen(address venue) public view returns (bool) {
        return _venues[venue].kind != VenueKind.None && !_uses[venue].closed;
    }

    function exposure(address venue) public view returns (uint256) {
        Venue storage terms = _known(venue);
        if (terms.kind == VenueKind.UniswapV3) return _changed(venue, terms.cap);
        // Of what is there only the worth is of interest here.
        // slither-disable-next-line unused-return
        (, uint256 worth) = Positions.heldIn(venue, terms);
        return Math.max(_uses[venue].outlay, worth);
    }

    function position(address venue) external view returns (uint256 shares, uint256 assets) {
        return Positions.heldIn(venue, _venues[venue]);
    }

    function depositable(address venue) external view returns (uint256) {
        Venue storage terms = _venues[venue];
        if (paused() || !isOpen(venue)) return 0;
        uint256 left = Math.saturatingSub(terms.cap, exposure(venue));
        return Math.min(left, Positions.roomIn(venue, terms));
    }

    function withdrawable(address venue) external view returns (uint256) {
        return Positions.availableIn(venue, _venues[venue]);
    }

    function quote(address venue, address sold, uint256 amount)
        external
        view
        returns (uint256 byFeeds, uint256 receivedMin)
    {
        return _judged(venue, _open(venue), sold, amount);
    }

    function isReferenceUsed(bytes32 ref) external view returns (bool) {
        return _references[ref];
    }

    // Written after the calls, for what they did decides; every way in here is nonReentrant.
    // slither-disable-next-line reentrancy-benign
    function _place(address venue, Venue storage terms, uint256 assets)
        private
        returns (uint256 shares)
    {
        address asset = terms.asset;
        (uint256 held, uint256 worth) = Positions.heldIn(venue, terms);
        uint256 here = _pull(asset, assets);
        Positions.put(venue, terms, assets);
        Balances.requireIs(asset, address(this), here);
        (uint256 sharesNow, uint256 worthNow) = Positions.heldIn(venue, terms);
        // By the venue's own word, which is why the outlay counts against the cap besides.
        uint256 gained = Math.saturatingSub(worthNow, worth);
        uint256 least = assets * (BPS - terms.slippageBpsMax) / BPS;
        if (gained < least) revert TooLittleValue(venue, gained, least);
        _spend(venue, terms, assets, worthNow);
        return sharesNow - held;
    }

    function _spend(address venue, Venue storage terms, uint256 assets, uint256 worth) private {
        uint256 outlay = _uses[venue].outlay + assets;
        uint256 exposed = Math.max(worth, outlay);
        if (exposed > terms.cap) revert CapExceeded(venue, exposed, terms.cap);
        _uses[venue].outlay = uint128(outlay);
    }

    // As above.
    // slither-disable-next-line reentrancy-benign
    function _takeBack(address venue, Venue storage terms, uint256 assets)
        private
        returns (uint256 received)
    {
        uint256 before = Balances.heldOf(terms.asset, treasury);
        Positions.take(venue, terms, assets, treasury);
        received = Balances.heldOf(terms.asset, treasury) - before;
        if (received == 0) revert NothingAvailable(venue);
        Use storage used = _uses[venue];
        // A loss stays in the outlay: the cap also bounds what a venue can ever lose.
        used.outlay = uint128(Math.saturatingSub(used.outlay, received));
    }

    /// @return here What lay here before.
    function _pull(address asset, uint256 amount) private returns (uint256 here) {
        if (amount == 0) revert AmountMissing();
        here = Balances.heldOf(asset, address(this));
        uint256 there = Balances.heldOf(asset, treasury);
        // The one account it takes from never changes, and has allowed it.
        // slither-disable-next-line arbitrary-send-erc20
        IERC20(asset).safeTransferFrom(treasury, address(this), amount);
        Balances.requireIs(asset, address(this), here + amount);
        Balances.requireIs(asset, treasury, there - amount);
    }

    function _useReference(bytes32 ref) private {
        if (ref == 0) revert ReferenceMissing();
        if (_references[ref]) revert ReferenceUsed(ref);
        _references[ref] = true;
    }

    function _judged(address venue, Venue storage terms, address sold, uint256 amount)
        private
        view
        returns (uint256 byFeeds, uint256 least)
    {
        if (terms.kind != VenueKind.UniswapV3) revert VenueUnknown(venue, terms.kind);
        return SwapVenue.judge(venue, terms, sold, amount);
    }

    function _use(address venue, uint256 cap, uint256 amount) private {
        uint256 changed = _changed(venue, cap) + amount;
        if (changed > cap) revert CapExceeded(venue, changed, cap);
        _uses[venue].outlay = uint128(changed);
        _uses[venue].asOf = uint64(block.timestamp);
    }

    function _changed(address venue, uint256 cap) private view returns (uint256) {
        Use storage used = _uses[venue];
        uint256 refilled = cap * (block.timestamp - used.asOf) / REFILL_SECONDS;
        return Math.saturatingSub(used.outlay, refilled);
    }

    /// @dev Time until now counts by the old cap, time from now on by the new one.
    function _settleUse(address venue, uint256 cap) private {
        if (_venues[venue].kind != VenueKind.UniswapV3) return;
        _uses[venue].outlay = uint128(_changed(venue, cap));
        _uses[venue].asOf = uint64(block.timestamp);
    }

    function _setCap(address venue, uint128 cap) private {
        _settleUse(venue, _venues[venue].cap);
        _venues[venue].cap = cap;
    }

    function _open(address venue) private view returns (Venue storage terms) {
        terms = _known(venue);
        if (_uses[venue].closed) revert VenueNotOpen(venue);
    }

    function _known(address venue) private view returns (Venue storage terms) {
        terms = _venues[venue];
        if (terms.kind == VenueKind.None) revert VenueUnknown(venue, VenueKind.None);
    }

    // slither-disable-end timestamp
}
