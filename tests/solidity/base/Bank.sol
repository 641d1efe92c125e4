// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

import {HoldTerms} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IIssuanceGate, Limits} from "../../../contracts/interfaces/IIssuanceGate.sol";
import {ALLOWED} from "../../../contracts/libraries/AccountWord.sol";
import {vm} from "./Vm.sol";

/// @notice A bank with one currency and a key for every role; alice and bob are admitted, carol is
/// not. The test contract is its administrator. Delays of roles are the access manager's matter and
/// are tested with the deployment; here every role acts at once.
abstract contract Bank {
    uint64 internal constant ISSUER = 1;
    uint64 internal constant ATTESTOR = 2;
    uint64 internal constant COMPLIANCE = 3;
    uint64 internal constant LIMITS = 4;
    uint64 internal constant GUARDIAN = 5;
    uint64 internal constant UPGRADER = 6;
    uint64 internal constant MINTER = 7;
    uint64 internal constant ENFORCER = 8;
    uint64 internal constant SETTLER = 9;
    uint64 internal constant TREASURY = 10;
    uint64 internal constant INSTALLER = 11;

    uint256 internal constant ALICE_KEY = 0xa11ce;
    uint256 internal constant BOB_KEY = 0xb0b;

    // The name is overloaded, so the compiler cannot tell which.
    bytes4 internal constant FORCE =
        bytes4(keccak256("forcedTransfer(address,address,uint256,bytes32,bytes32)"));

    bytes4 internal constant UPGRADE = bytes4(keccak256("upgradeToAndCall(address,bytes)"));

    uint256 internal constant NOW = 1_800_000_000;
    uint64 internal constant HOUR = 3600;

    address internal issuer = _person("issuer");
    address internal attestor = _person("attestor");
    address internal compliance = _person("compliance");
    address internal limiter = _person("limiter");
    address internal guardian = _person("guardian");
    address internal upgrader = _person("upgrader");
    address internal minter = _person("minter");
    address internal enforcer = _person("enforcer");
    address internal settler = _person("settler");
    address internal treasurer = _person("treasurer");
    address internal installer = _person("installer");
    address internal notary = _person("notary");
    address internal carol = _person("carol");
    address internal stranger = _person("stranger");
    address internal alice = vm.addr(ALICE_KEY);
    address internal bob = vm.addr(BOB_KEY);

    IAccessManager internal access;
    IDepositToken internal token;
    IIssuanceGate internal gate;

    function _build() internal {
        vm.warp(NOW);
        access = IAccessManager(_deploy("BankAccess", abi.encode(address(this))));
        token = _newToken("Canadian dollar deposits", "dCAD", "CAD");
        gate = _newGate(token);
        _tokenRights(token);
        _gateRights(gate);
        _grant(ISSUER, issuer);
        _grant(ATTESTOR, attestor);
        _grant(COMPLIANCE, compliance);
        _grant(LIMITS, limiter);
        _grant(GUARDIAN, guardian);
        _grant(UPGRADER, upgrader);
        // A key beside the contract that has the role alone, so that the token is tested without.
        _grant(MINTER, minter);
        _grant(MINTER, address(gate));
        _grant(ENFORCER, enforcer);
        _grant(SETTLER, settler);
        _grant(TREASURY, treasurer);
        _grant(INSTALLER, installer);
        _admit(alice);
        _admit(bob);
    }

    function _newToken(string memory name, string memory symbol, string memory currency)
        internal
        returns (IDepositToken)
    {
        address code = _deploy("DepositToken", "");
        bytes memory call = abi.encodeCall(
            IDepositToken.initialize, (name, symbol, currency, 2, address(access))
        );
        return IDepositToken(address(new ERC1967Proxy(code, call)));
    }

    function _newGate(IDepositToken served) internal returns (IIssuanceGate) {
        bytes memory arguments = abi.encode(served, address(access), _initialLimits());
        return IIssuanceGate(_deploy("IssuanceGate", arguments));
    }

    /// @notice By name and not by `new`, so that tests are compiled without the contracts: quickly,
    /// and the contracts exactly as they are deployed.
    function _deploy(string memory name, bytes memory arguments) internal returns (address made) {
        bytes memory code = abi.encodePacked(vm.getCode(name), arguments);
        assembly {
            made := create(0, add(code, 0x20), mload(code))
            if iszero(made) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function _initialLimits() internal pure returns (Limits memory) {
        return Limits({capacity: 1_000_000, refillPerSecond: 10, attestationMaxAge: 1 days});
    }

    function _admit(address account) internal {
        _setFlags(account, ALLOWED);
    }

    function _setFlags(address account, uint32 flags) internal {
        vm.prank(compliance);
        token.setAccountFlags(account, flags);
    }

    function _mint(address to, uint256 amount) internal {
        vm.prank(minter);
        token.mint(to, amount);
    }

    function _freezeAmount(address account, uint256 amount) internal {
        vm.prank(compliance);
        token.setFrozenTokens(account, amount);
    }

    function _pause(uint32 bits) internal {
        vm.prank(guardian);
        token.pause(bits);
    }

    /// @notice Alice to Bob, decided by the notary, for an hour.
    function _terms(uint256 amount) internal view returns (HoldTerms memory) {
        return HoldTerms({
            holder: alice,
            recipient: bob,
            amount: amount,
            notary: notary,
            expiry: uint64(block.timestamp) + HOUR,
            ref: _ref(1, 1)
        });
    }

    function _open(HoldTerms memory terms) internal returns (bytes32) {
        vm.prank(terms.holder);
        return token.createHold(terms);
    }

    /// @notice UETR (16 bytes), then ledger entry id (16 bytes).
    function _ref(uint128 payment, uint128 entry) internal pure returns (bytes32) {
        return bytes32((uint256(payment) << 128) | entry);
    }

    function _person(string memory name) internal pure returns (address) {
        return address(uint160(uint256(keccak256(bytes(name)))));
    }

    function _grant(uint64 role, address to) internal {
        access.grantRole(role, to, 0);
    }

    function _right(address target, bytes4 selector, uint64 role) internal {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        access.setTargetFunctionRole(target, selectors, role);
    }

    function _tokenRights(IDepositToken target) internal {
        _right(address(target), target.mint.selector, MINTER);
        _right(address(target), target.burn.selector, MINTER);
        _right(address(target), target.setAccountFlags.selector, COMPLIANCE);
        _right(address(target), target.freeze.selector, COMPLIANCE);
        _right(address(target), target.setFrozenTokens.selector, COMPLIANCE);
        _right(address(target), FORCE, ENFORCER);
        _right(address(target), target.pause.selector, GUARDIAN);
        _right(address(target), UPGRADE, INSTALLER);
    }

    function _gateRights(IIssuanceGate target) internal {
        _right(address(target), target.issue.selector, ISSUER);
        _right(address(target), target.redeem.selector, ISSUER);
        _right(address(target), target.cancelRedemption.selector, ISSUER);
        _right(address(target), target.attest.selector, ATTESTOR);
        _right(address(target), target.raiseLimits.selector, LIMITS);
        _right(address(target), target.lowerLimits.selector, GUARDIAN);
    }
}
