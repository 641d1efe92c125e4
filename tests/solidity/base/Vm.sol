// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// What the tests ask of the machine they run on: forge, Hardhat and halmos all answer at this
// address. Only what is used stands here, so that a test compiles in seconds.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function addr(uint256 key) external pure returns (address);
    function assume(bool condition) external pure;
    function chainId(uint256 id) external;
    function etch(address account, bytes calldata code) external;
    function expectEmit(address emitter) external;
    function expectRevert() external;
    function expectRevert(bytes calldata data) external;
    function expectPartialRevert(bytes4 selector) external;
    function getCode(string calldata name) external view returns (bytes memory);
    function getRecordedLogs() external returns (Log[] memory);
    function label(address account, string calldata name) external;
    function load(address account, bytes32 slot) external view returns (bytes32);
    function prank(address caller) external;
    function recordLogs() external;
    function sign(uint256 key, bytes32 digest)
        external
        pure
        returns (uint8 v, bytes32 r, bytes32 s);
    function startPrank(address caller) external;
    function stopPrank() external;
    function store(address account, bytes32 slot, bytes32 value) external;
    function warp(uint256 time) external;

    function assertEq(uint256 got, uint256 wanted) external pure;
    function assertEq(uint256 got, uint256 wanted, string calldata what) external pure;
    function assertEq(bytes32 got, bytes32 wanted) external pure;
    function assertEq(address got, address wanted) external pure;
    function assertEq(bool got, bool wanted) external pure;
    function assertEq(bool got, bool wanted, string calldata what) external pure;
    function assertEq(bytes calldata got, bytes calldata wanted) external pure;
    function assertEq(string calldata got, string calldata wanted) external pure;
    function assertLe(uint256 got, uint256 most) external pure;
    function assertLe(uint256 got, uint256 most, string calldata what) external pure;
    function assertGe(uint256 got, uint256 least) external pure;
    function assertTrue(bool holds) external pure;
    function assertTrue(bool holds, string calldata what) external pure;
    function assertFalse(bool holds) external pure;
    function assertFalse(bool holds, string calldata what) external pure;
}

// address(uint160(uint256(keccak256("hevm cheat code")))), agreed by all who offer it.
Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
