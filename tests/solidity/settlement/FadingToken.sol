// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A token that tells balances until it is asked to pay, and none afterwards.
contract FadingToken {
    bool private _faded;

    function balanceOf(address) external view returns (uint256) {
        require(!_faded);
        return 0;
    }

    fallback() external {
        _faded = true;
    }
}
