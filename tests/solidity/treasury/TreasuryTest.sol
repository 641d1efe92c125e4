// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {
    ITreasuryAdapter,
    Venue,
    VenueKind
} from "../../../contracts/interfaces/ITreasuryAdapter.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

interface IAsset is IERC20 {
    function mint(address to, uint256 amount) external;
    function burn(address from, uint256 amount) external;
}

interface IVault is IERC20 {
    function deposit(uint256 assets, address receiver) external returns (uint256);
    function play(uint8 trick) external;
    function callBack(address callee, bytes calldata data) external;
}

/// @notice A bank whose treasury has allowed an adapter to place its money.
abstract contract TreasuryTest is BankTest {
    uint256 internal constant UNIT = 1e6;
    uint128 internal constant CAP = uint128(1000 * UNIT);
    uint128 internal constant FLOOR = uint128(100 * UNIT);

    ITreasuryAdapter internal adapter;
    address internal treasury = _person("treasury");
    IAsset internal asset;
    uint256 private _refs;

    function setUp() public virtual override {
        _build();
        adapter = ITreasuryAdapter(_deploy("TreasuryAdapter", abi.encode(access, treasury)));
        _adapterRights();
        asset = _newAsset("USD");
    }

    function _newAsset(string memory name) internal returns (IAsset made) {
        made = IAsset(_deploy("PlainAsset", abi.encode(name, 6)));
        made.mint(treasury, 10_000 * UNIT);
        vm.prank(treasury);
        made.approve(address(adapter), type(uint256).max);
    }

    function _vaultTerms() internal view returns (Venue memory terms) {
        terms.kind = VenueKind.ERC4626;
        terms.asset = address(asset);
        terms.slippageBpsMax = 1;
        terms.cap = CAP;
        terms.supplyFloor = FLOOR;
    }

    function _allow(address venue, Venue memory terms) internal {
        _accepted(limiter, address(adapter), abi.encodeCall(adapter.setVenue, (venue, terms)));
    }

    /// @notice A vault in which somebody else has money.
    function _newVault(string memory kind) internal returns (IVault vault) {
        vault = IVault(_deploy(kind, abi.encode(asset)));
        asset.mint(address(this), 10 * FLOOR);
        asset.approve(address(vault), 10 * FLOOR);
        vault.deposit(10 * FLOOR, address(this));
        _allow(address(vault), _vaultTerms());
    }

    function _depositing(address venue, uint256 assets) internal returns (bytes memory) {
        return abi.encodeCall(adapter.deposit, (venue, assets, 0, _nextRef()));
    }

    function _withdrawing(address venue, uint256 assets) internal returns (bytes memory) {
        uint256 any = type(uint256).max;
        return abi.encodeCall(adapter.withdraw, (venue, assets, 0, any, _nextRef()));
    }

    function _deposits(address venue, uint256 assets) internal {
        _accepted(treasurer, address(adapter), _depositing(venue, assets));
    }

    function _fails(bytes memory data, bytes memory reason) internal {
        _refused(treasurer, address(adapter), data, reason);
    }

    function _nextRef() internal returns (bytes32) {
        return _ref(uint128(++_refs), 1);
    }

    function _clean(address venue) internal view {
        vm.assertEq(asset.balanceOf(address(adapter)), 0, "something lies in the adapter");
        vm.assertEq(asset.allowance(address(adapter), venue), 0, "something is still approved");
    }

    function _adapterRights() private {
        address at = address(adapter);
        _right(at, adapter.deposit.selector, TREASURY);
        _right(at, adapter.withdraw.selector, TREASURY);
        _right(at, adapter.swap.selector, TREASURY);
        _right(at, adapter.sweep.selector, TREASURY);
        _right(at, adapter.setVenue.selector, LIMITS);
        _right(at, adapter.raiseCap.selector, LIMITS);
        _right(at, adapter.lowerCap.selector, GUARDIAN);
        _right(at, adapter.closeVenue.selector, GUARDIAN);
        _right(at, adapter.pause.selector, GUARDIAN);
    }
}
