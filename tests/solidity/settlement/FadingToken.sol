// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A token that tells balances until it is asked to pay, and none afterwards, if it fades;
/// of many at once it tells what it was made with, whether or not that is a list.
contract FadingToken {
    bool private immutable _fades;
    bool private _faded;
    bytes private _list;

    constructor(bool fades, bytes memory list) {
        (_fades, _list) = (fades, list);
    }

    function balanceOf(address) external view returns (uint256) {
        require(!_faded);
        return 0;
    }

    function balancesOf(address[] calldata) external view {
        require(!_faded);
        bytes memory list = _list;
        assembly {
            return(add(list, 0x20), mload(list))
        }
    }

    fallback() external {
        _faded = _fades;
    }
}
