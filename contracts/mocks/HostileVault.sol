// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {PlainVault} from "./PlainVault.sol";

/// @title A vault that turns on its depositors in the way it is told to
/// @notice For tests.
contract HostileVault is PlainVault {
    enum Trick {
        None,
        // Tells many shares and mints a tenth.
        MintLess,
        // Leaves a unit of what it was approved for.
        TakeLess,
        // Sends a unit back that nobody asked for.
        GiveBack,
        // Pays half of what the shares are worth.
        PayLess,
        // Burns twice the shares.
        BurnMore,
        // Says that a position is worth nothing.
        Understate,
        // Says that a position is worth twice as much.
        Overstate,
        // Calls somebody while money is moving.
        CallBack,
        // Pays nothing out, and says so.
        Illiquid
    }

    Trick private _trick;
    address private _callee;
    bytes private _calldata;

    constructor(IERC20 asset_) PlainVault(asset_) {}

    function play(Trick trick) external {
        _trick = trick;
    }

    function callBack(address callee, bytes calldata data) external {
        _trick = Trick.CallBack;
        _callee = callee;
        _calldata = data;
    }

    /// @dev What is approved and left can be taken later; this shows whether it can.
    function steal(address from, uint256 amount) external {
        IERC20(asset()).transferFrom(from, address(this), amount);
    }

    function convertToAssets(uint256 shares) public view override returns (uint256) {
        uint256 worth = super.convertToAssets(shares);
        if (_trick == Trick.Understate) return 0;
        return _trick == Trick.Overstate ? 2 * worth : worth;
    }

    function maxWithdraw(address owner) public view override returns (uint256) {
        return _trick == Trick.Illiquid ? 0 : super.maxWithdraw(owner);
    }

    function maxRedeem(address owner) public view override returns (uint256) {
        return _trick == Trick.Illiquid ? 0 : super.maxRedeem(owner);
    }

    function _deposit(address caller, address receiver, uint256 assets, uint256 shares)
        internal
        override
    {
        if (_trick == Trick.CallBack) Address.functionCall(_callee, _calldata);
        if (_trick == Trick.MintLess) shares /= 10;
        if (_trick == Trick.TakeLess) assets -= 1;
        super._deposit(caller, receiver, assets, shares);
        if (_trick == Trick.GiveBack) IERC20(asset()).transfer(caller, 1);
    }

    function _withdraw(
        address caller,
        address receiver,
        address owner,
        uint256 assets,
        uint256 shares
    ) internal override {
        if (_trick == Trick.CallBack) Address.functionCall(_callee, _calldata);
        if (_trick == Trick.PayLess) assets /= 2;
        if (_trick == Trick.BurnMore) shares *= 2;
        super._withdraw(caller, receiver, owner, assets, shares);
    }
}
