// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositAuthorizations} from "../../../contracts/interfaces/IDepositAuthorizations.sol";
import {HoldTerms, IDepositHolds} from "../../../contracts/interfaces/IDepositHolds.sol";
import {BankTest} from "../base/BankTest.sol";
import {Signing} from "../base/Signing.sol";
import {vm} from "../base/Vm.sol";

/// @notice The very second and the very unit at which something stops being right; chance seldom
/// meets them.
contract DepositTokenNegativeTest is BankTest, Signing {
    address private _engine = _person("engine");

    function setUp() public override {
        super.setUp();
        _mint(alice, 1000);
    }

    function test_AHoldIsNotPaidAtItsExpiry() external {
        HoldTerms memory terms = _terms(10);
        bytes32 id = _open(terms);
        vm.warp(terms.expiry);
        bytes memory reason = abi.encodeWithSelector(
            IDepositHolds.HoldExpired.selector, id, terms.expiry, terms.expiry
        );
        _refused(notary, abi.encodeCall(token.executeHold, (terms, 10)), reason);
    }

    function test_AStrangerDoesNotReleaseTheSecondBefore() external {
        HoldTerms memory terms = _terms(10);
        bytes32 id = _open(terms);
        vm.warp(terms.expiry - 1);
        bytes memory reason = abi.encodeWithSelector(
            IDepositHolds.HoldNotReleasable.selector, id, stranger, terms.expiry
        );
        _refused(stranger, abi.encodeCall(token.releaseHold, (terms)), reason);
    }

    function test_ALegIsNotPaidTheSecondAfterItsDeadline() external {
        bytes memory data = _leg(NOW);
        vm.warp(NOW + 1);
        bytes memory reason = abi.encodeWithSelector(
            IDepositAuthorizations.SettlementExpired.selector, NOW, NOW + 1
        );
        _refused(_engine, data, reason);
        vm.warp(NOW);
        _accepted(_engine, address(token), data);
    }

    function test_APermitAllowsNothingTheSecondAfterItsDeadline() external {
        bytes32 digest = _permitDigest(token, alice, bob, 10, 0, NOW);
        bytes memory data = abi.encodeWithSignature(
            "permit(address,address,uint256,uint256,bytes)",
            alice,
            bob,
            10,
            NOW,
            _signed(ALICE_KEY, digest)
        );
        vm.warp(NOW + 1);
        bytes memory reason = abi.encodeWithSelector(
            IDepositAuthorizations.PermitExpired.selector, NOW, NOW + 1
        );
        _refused(stranger, data, reason);
        vm.warp(NOW);
        _accepted(stranger, address(token), data);
    }

    function test_APaymentCountsNeitherAtItsBeginningNorAtItsEnd() external {
        bytes4 early = IDepositAuthorizations.AuthorizationTooEarly.selector;
        _refused(stranger, _payment(NOW, NOW + 2), abi.encodeWithSelector(early, NOW, NOW));
        bytes4 late = IDepositAuthorizations.AuthorizationExpired.selector;
        _refused(stranger, _payment(NOW - 2, NOW), abi.encodeWithSelector(late, NOW, NOW));
        _accepted(stranger, address(token), _payment(NOW - 1, NOW + 1));
    }

    function _leg(uint256 deadline) private view returns (bytes memory) {
        bytes32 content = keccak256("instruction");
        Settlement memory leg = Settlement(_engine, alice, bob, 10, content, 1, deadline);
        bytes memory signature = _signed(ALICE_KEY, _settlementDigest(token, leg));
        return abi.encodeCall(
            token.settleTransfer, (alice, bob, 10, content, 1, deadline, signature)
        );
    }

    function _payment(uint256 begin, uint256 end) private view returns (bytes memory) {
        Payment memory payment = Payment(alice, bob, 10, begin, end, bytes32(uint256(1)));
        return abi.encodeWithSignature(
            "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
            alice,
            bob,
            10,
            begin,
            end,
            payment.nonce,
            _signed(ALICE_KEY, _transferDigest(token, payment))
        );
    }
}
