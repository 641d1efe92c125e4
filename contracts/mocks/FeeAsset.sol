// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PlainAsset} from "./PlainAsset.sol";

/// @title An asset that keeps a part of each transfer, once its issuer wants that
/// @notice For tests.
contract FeeAsset is PlainAsset {
    uint256 private _feeBps;

    constructor() PlainAsset("FEE", 6) {}

    function setFee(uint256 bps) external {
        _feeBps = bps;
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : amount * _feeBps / 10_000;
        if (fee != 0) super._update(from, address(0), fee);
        super._update(from, to, amount - fee);
    }
}
