// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITreasuryAdapter} from "../../../contracts/interfaces/ITreasuryAdapter.sol";
import {vm} from "../base/Vm.sol";
import {IAsset, IVault, TreasuryTest} from "./TreasuryTest.sol";

interface IAssetWithFee is IAsset {
    function setFee(uint256 bps) external;
}

/// @notice Money in a vault: what counts is what balances did.
contract VaultTest is TreasuryTest {
    uint8 private constant NONE = 0;
    uint8 private constant MINT_LESS = 1;
    uint8 private constant TAKE_LESS = 2;
    uint8 private constant GIVE_BACK = 3;
    uint8 private constant BURN_MORE = 5;
    uint8 private constant ILLIQUID = 9;

    IVault private _vault;
    address private _at;

    function setUp() public override {
        super.setUp();
        _vault = _newVault("HostileVault");
        _at = address(_vault);
    }

    function testFuzz_MoneyGoesInAndComesBack(uint256 assets) external {
        assets = assets % CAP + 1;
        vm.prank(treasurer);
        uint256 shares = adapter.deposit(_at, assets, assets, _nextRef());
        (uint256 held, uint256 worth) = adapter.position(_at);
        vm.assertEq(held, shares);
        vm.assertLe(worth, assets);
        vm.assertEq(adapter.exposure(_at), assets);
        vm.assertEq(asset.balanceOf(treasury), 10_000 * UNIT - assets);
        vm.assertEq(adapter.depositable(_at), CAP - assets);
        _clean(_at);
        uint256 there = adapter.withdrawable(_at);
        vm.prank(treasurer);
        vm.assertEq(adapter.withdraw(_at, type(uint256).max, there, held, _nextRef()), there);
        vm.assertEq(asset.balanceOf(treasury), 10_000 * UNIT - assets + there);
        _clean(_at);
    }

    function testFuzz_NoMoreThanTheCapGoesIn(uint256 assets) external {
        assets = CAP + assets % CAP + 1;
        bytes4 selector = ITreasuryAdapter.CapExceeded.selector;
        _fails(_depositing(_at, assets), abi.encodeWithSelector(selector, _at, assets, CAP));
        _fails(
            _depositing(_at, 0), abi.encodeWithSelector(ITreasuryAdapter.AmountMissing.selector)
        );
    }

    function test_WhatIsEarnedCountsAgainstTheCap() external {
        _deposits(_at, CAP - 1);
        asset.mint(_at, 100 * UNIT);
        vm.assertGe(adapter.exposure(_at), CAP);
        vm.assertEq(adapter.depositable(_at), 0);
        vm.prank(treasurer);
        (bool passed, bytes memory answer) = address(adapter).call(_depositing(_at, UNIT));
        vm.assertFalse(passed);
        vm.assertTrue(bytes4(answer) == ITreasuryAdapter.CapExceeded.selector);
    }

    function test_WhatIsLostStaysInTheOutlay() external {
        _deposits(_at, 500 * UNIT);
        asset.burn(_at, asset.balanceOf(_at) / 2);
        vm.assertEq(adapter.exposure(_at), 500 * UNIT);
        vm.prank(treasurer);
        uint256 received =
            adapter.withdraw(_at, type(uint256).max, 0, type(uint256).max, _nextRef());
        vm.assertEq(adapter.exposure(_at), 500 * UNIT - received);
    }

    function testFuzz_APartComesBack(uint256 assets) external {
        _deposits(_at, 500 * UNIT);
        assets = assets % (1000 * UNIT) + 1;
        uint256 there = adapter.withdrawable(_at);
        uint256 expected = assets < there ? assets : there;
        vm.prank(treasurer);
        uint256 got = adapter.withdraw(_at, assets, expected, type(uint256).max, _nextRef());
        vm.assertEq(got, expected);
    }

    function test_TheCallersBoundsHold() external {
        bytes memory data =
            abi.encodeCall(adapter.deposit, (_at, UNIT, UNIT + 1, _nextRef()));
        bytes4 selector = ITreasuryAdapter.TooFewShares.selector;
        _fails(data, abi.encodeWithSelector(selector, UNIT, UNIT + 1));
        _deposits(_at, 10 * UNIT);
        data = abi.encodeCall(adapter.withdraw, (_at, UNIT, UNIT + 1, UNIT, _nextRef()));
        selector = ITreasuryAdapter.TooLittleReceived.selector;
        _fails(data, abi.encodeWithSelector(selector, asset, UNIT, UNIT + 1));
        data = abi.encodeCall(adapter.withdraw, (_at, UNIT, UNIT, UNIT - 1, _nextRef()));
        selector = ITreasuryAdapter.TooManyShares.selector;
        _fails(data, abi.encodeWithSelector(selector, UNIT, UNIT - 1));
    }

    function test_AnEmptyVaultGetsNothing() external {
        IVault empty = IVault(_deploy("PlainVault", abi.encode(asset)));
        _allow(address(empty), _vaultTerms());
        vm.assertEq(adapter.depositable(address(empty)), 0);
        bytes4 selector = ITreasuryAdapter.SupplyTooSmall.selector;
        bytes memory reason = abi.encodeWithSelector(selector, address(empty), 0, FLOOR);
        _fails(_depositing(address(empty), UNIT), reason);
    }

    // ------------------------------------------------------------------------------------ tricks

    function test_LessThanWasPaidForIsRefused() external {
        _vault.play(MINT_LESS);
        _refusedWith(_depositing(_at, 10 * UNIT), ITreasuryAdapter.TooLittleValue.selector);
        _vault.play(TAKE_LESS);
        _refusedWith(_depositing(_at, 10 * UNIT), ITreasuryAdapter.UnexpectedBalance.selector);
        _vault.play(GIVE_BACK);
        _refusedWith(_depositing(_at, 10 * UNIT), ITreasuryAdapter.UnexpectedBalance.selector);
        vm.assertEq(asset.balanceOf(treasury), 10_000 * UNIT);
        _clean(_at);
    }

    function test_MoreSharesThanAllowedAreNotBurned() external {
        _deposits(_at, 10 * UNIT);
        _vault.play(BURN_MORE);
        bytes memory data =
            abi.encodeCall(adapter.withdraw, (_at, UNIT, UNIT, UNIT, _nextRef()));
        _refusedWith(data, ITreasuryAdapter.TooManyShares.selector);
    }

    function test_WhatIsNotThereIsNotTaken() external {
        _deposits(_at, 10 * UNIT);
        _vault.play(ILLIQUID);
        bytes memory reason =
            abi.encodeWithSelector(ITreasuryAdapter.NothingAvailable.selector, _at);
        _fails(_withdrawing(_at, UNIT), reason);
        _fails(_withdrawing(_at, type(uint256).max), reason);
        _vault.play(NONE);
        _accepted(treasurer, address(adapter), _withdrawing(_at, UNIT));
    }

    function test_NobodyEntersWhileMoneyMoves() external {
        _grant(TREASURY, _at);
        _vault.callBack(address(adapter), _depositing(_at, UNIT));
        bytes4 selector = bytes4(keccak256("ReentrancyGuardReentrantCall()"));
        _refusedWith(_depositing(_at, UNIT), selector);
    }

    function test_AnAssetThatTakesAFeeIsRefused() external {
        asset = IAssetWithFee(_deploy("FeeAsset", ""));
        asset.mint(treasury, 100 * UNIT);
        vm.prank(treasury);
        asset.approve(address(adapter), type(uint256).max);
        IVault vault = _newVault("PlainVault");
        IAssetWithFee(address(asset)).setFee(100);
        bytes memory data = _depositing(address(vault), UNIT);
        _refusedWith(data, ITreasuryAdapter.UnexpectedBalance.selector);
    }

    function _refusedWith(bytes memory data, bytes4 selector) private {
        vm.prank(treasurer);
        (bool passed, bytes memory answer) = address(adapter).call(data);
        vm.assertFalse(passed, "was not refused");
        vm.assertTrue(bytes4(answer) == selector, "refused for another reason");
    }
}
