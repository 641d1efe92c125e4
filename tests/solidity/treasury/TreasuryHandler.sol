// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    ITreasuryAdapter,
    Venue,
    VenueKind
} from "../../../contracts/interfaces/ITreasuryAdapter.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";
import {IAsset, IVault} from "./TreasuryTest.sol";

/// @notice Money placed in a vault that turns on its depositors at times, by anyone, with anything.
/// It is in the treasury or in the vault; each call moves it by what it says, within the cap.
contract TreasuryHandler is Handler {
    uint256 private constant UNIT = 1e6;
    uint8 private constant ILLIQUID = 9;

    ITreasuryAdapter private _adapter;
    IAsset private _asset;
    IVault private _vault;
    address private _treasury = _person("treasury");
    mapping(bytes32 ref => bool) private _used;
    uint128 private _cap = uint128(1000 * UNIT);
    bool private _closed;
    bool private _paused;

    constructor() {
        _build();
        _adapter = ITreasuryAdapter(_deploy("TreasuryAdapter", abi.encode(access, _treasury)));
        _right(address(_adapter), _adapter.deposit.selector, TREASURY);
        _right(address(_adapter), _adapter.withdraw.selector, TREASURY);
        _right(address(_adapter), _adapter.setVenue.selector, LIMITS);
        _right(address(_adapter), _adapter.raiseCap.selector, LIMITS);
        _right(address(_adapter), _adapter.lowerCap.selector, GUARDIAN);
        _right(address(_adapter), _adapter.closeVenue.selector, GUARDIAN);
        _right(address(_adapter), _adapter.pause.selector, GUARDIAN);
        _asset = IAsset(_deploy("PlainAsset", abi.encode("USD", 6)));
        _vault = IVault(_deploy("HostileVault", abi.encode(_asset)));
        _asset.mint(address(this), 1000 * UNIT);
        _asset.approve(address(_vault), 1000 * UNIT);
        _vault.deposit(1000 * UNIT, address(this));
        _asset.mint(_treasury, 10_000 * UNIT);
        vm.prank(_treasury);
        _asset.approve(address(_adapter), type(uint256).max);
        vm.prank(limiter);
        _adapter.setVenue(address(_vault), _terms());
    }

    // --------------------------------------------------------------------- what invariants ask

    function stray() external view returns (uint256 lies, uint256 approved, uint256 elsewhere) {
        lies = _asset.balanceOf(address(_adapter));
        approved = _asset.allowance(address(_adapter), address(_vault));
        elsewhere = _asset.totalSupply() - _asset.balanceOf(_treasury)
            - _asset.balanceOf(address(_vault));
    }

    // --------------------------------------------------------------------------------- actions

    function deposits(uint256 by, uint256 assets, uint256 any) external {
        address caller = _mostly(treasurer, by, 8);
        assets = _amount(assets, _adapter.depositable(address(_vault)) / 4 + 1);
        bytes32 ref = bytes32(_dice(any, 200));
        uint256 before = _asset.balanceOf(_treasury);
        bytes memory data = abi.encodeCall(_adapter.deposit, (address(_vault), assets, 0, ref));
        _send(caller, address(_adapter), data);
        _must(caller == treasurer && !_closed && !_paused, "placed by another, or although closed");
        _must(assets != 0 && ref != 0 && !_used[ref], "placed nothing, or twice on one reference");
        _must(_asset.balanceOf(_treasury) == before - assets, "another amount left the treasury");
        _must(_adapter.exposure(address(_vault)) <= _cap, "more than the cap was placed");
        _used[ref] = true;
    }

    function withdraws(uint256 by, uint256 assets, uint256 least, uint256 any) external {
        address caller = _mostly(treasurer, by, 8);
        (uint256 held, uint256 worth) = _adapter.position(address(_vault));
        assets = _dice(any, 3) == 0 ? type(uint256).max : _amount(assets, worth);
        least = _dice(any, 2) == 0 ? 0 : least % (worth + 2);
        bytes32 ref = bytes32(_dice(any, 200));
        uint256 before = _asset.balanceOf(_treasury);
        bytes memory data =
            abi.encodeCall(_adapter.withdraw, (address(_vault), assets, least, held, ref));
        uint256 told = abi.decode(_send(caller, address(_adapter), data), (uint256));
        _must(caller == treasurer && ref != 0 && !_used[ref], "taken by another, or twice");
        _must(_asset.balanceOf(_treasury) == before + told, "another amount came than was told");
        _must(told >= least && told != 0, "less came than must");
        _used[ref] = true;
    }

    function setsCap(uint256 by, uint256 any) external {
        uint128 next = uint128(_dice(any, 2000 * UNIT));
        bool raises = _dice(any, 2) == 0;
        address caller = _mostly(raises ? limiter : guardian, by, 8);
        bytes memory data = raises
            ? abi.encodeCall(_adapter.raiseCap, (address(_vault), next))
            : abi.encodeCall(_adapter.lowerCap, (address(_vault), next));
        _send(caller, address(_adapter), data);
        _must(raises ? next > _cap : next < _cap, "a cap went through the wrong door");
        _must(caller == (raises ? limiter : guardian), "a cap was set by a stranger");
        _must(!raises || !_closed, "the cap of a closed venue was raised");
        _cap = next;
    }

    function closes(uint256 by) external {
        address caller = _dice(by, 4) == 0 ? guardian : _anyone(by);
        bytes memory data = abi.encodeCall(_adapter.closeVenue, (address(_vault)));
        _send(caller, address(_adapter), data);
        _must(caller == guardian && !_closed, "closed by a stranger, or twice");
        _closed = true;
    }

    function opens(uint256 by) external {
        address caller = _mostly(limiter, by, 4);
        Venue memory terms = _terms();
        bytes memory data = abi.encodeCall(_adapter.setVenue, (address(_vault), terms));
        _send(caller, address(_adapter), data);
        _must(caller == limiter, "opened by a stranger");
        (_closed, _cap) = (false, terms.cap);
    }

    function pauses(uint256 by, uint256 any) external {
        bool on = _dice(any, 3) == 0;
        address caller = _mostly(on ? guardian : address(this), by, 4);
        bytes memory data = on
            ? abi.encodeWithSelector(_adapter.pause.selector)
            : abi.encodeWithSelector(_adapter.unpause.selector);
        _send(caller, address(_adapter), data);
        _must(caller == (on ? guardian : address(this)), "paused or resumed by a stranger");
        _paused = on;
    }

    /// @notice The vault earns, loses, or changes its manners; what it earns is new money.
    function feels(uint256 trick, uint256 any) external {
        uint256 there = _asset.balanceOf(address(_vault));
        if (_dice(any, 4) == 0) _asset.mint(address(_vault), _dice(any, 50 * UNIT));
        if (_dice(any, 16) == 1) _asset.burn(address(_vault), there / 20);
        // Not the one that calls back, which has a test of its own.
        uint256 next = _dice(trick, 24);
        _vault.play(next > ILLIQUID || next == 8 ? 0 : uint8(next));
    }

    function _terms() private view returns (Venue memory terms) {
        terms.kind = VenueKind.ERC4626;
        terms.asset = address(_asset);
        terms.slippageBpsMax = 10;
        terms.cap = uint128(1000 * UNIT);
        terms.supplyFloor = uint128(100 * UNIT);
    }
}
