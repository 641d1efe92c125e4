// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms, IDepositToken} from "../../contracts/interfaces/IDepositToken.sol";
import {Limits} from "../../contracts/interfaces/IIssuanceGate.sol";
import {IssuanceGate} from "../../contracts/token/IssuanceGate.sol";
import {anyTerms} from "./AnyTerms.sol";
import {Rights} from "./Rights.sol";
import {SupplyOnly} from "./SupplyOnly.sol";
import {svm, vm} from "./Symbolic.sol";

/// @notice I5 and I6 of a gate in any state: an order is used once for ever, and money is made only
/// under a fresh attestation, within it and within every limit.
contract GateIssues {
    IssuanceGate internal gate;
    SupplyOnly internal token;
    Rights internal rights;

    function setUp() public {
        rights = new Rights();
        token = new SupplyOnly();
        gate = new IssuanceGate(IDepositToken(address(token)), address(rights), Limits(0, 0, 0));
        svm.enableSymbolicStorage(address(rights));
        svm.enableSymbolicStorage(address(token));
        svm.enableSymbolicStorage(address(gate));
        // What a constructor wrote stays what it is: limits and standing are made symbolic here.
        for (uint256 slot = 0; slot < 4; ++slot) {
            vm.store(address(gate), bytes32(slot), svm.createBytes32("word"));
        }
    }

    function check_I5_redeems_what_is_for_it(address caller, uint256 sequence, bytes32 ref)
        public
    {
        HoldTerms memory hold = anyTerms();
        vm.prank(caller);
        gate.redeem(sequence, ref, hold);
        assert(hold.recipient == address(gate) && hold.notary == address(gate));
        assert(bytes16(hold.ref) == bytes16(ref) && uint48(uint256(ref)) == sequence);
    }

    /// @notice Two references that are accepted differ: each ends with a number used once.
    function check_I5_never_two_contents(
        address caller,
        uint256 sequence,
        bytes32 ref,
        bytes32 other,
        address to,
        uint256 amount
    ) public {
        vm.prank(caller);
        gate.issue(sequence, ref, to, amount);
        vm.prank(svm.createAddress("later"));
        (bool again,) = address(gate).call(
            abi.encodeCall(
                gate.issue, (sequence, other, svm.createAddress("to"), svm.createUint256("amount"))
            )
        );
        assert(!again);
        assert(uint48(uint256(ref)) == sequence);
    }

    function check_I5_issued_is_never_redeemed(
        address caller,
        uint256 sequence,
        bytes32 ref,
        address to,
        uint256 amount
    ) public {
        vm.prank(caller);
        gate.issue(sequence, ref, to, amount);
        bytes32 other = svm.createBytes32("other");
        vm.prank(svm.createAddress("later"));
        (bool again,) =
            address(gate).call(abi.encodeCall(gate.redeem, (sequence, other, anyTerms())));
        assert(!again);
    }

    function check_I5_redeemed_is_never_issued(address caller, uint256 sequence, bytes32 ref)
        public
    {
        vm.prank(caller);
        gate.redeem(sequence, ref, anyTerms());
        bytes32 other = svm.createBytes32("other");
        vm.prank(svm.createAddress("later"));
        (bool again,) =
            address(gate).call(abi.encodeCall(gate.issue, (sequence, other, caller, 1)));
        assert(!again);
    }

    function check_I6_issue_is_backed(
        address caller,
        uint256 sequence,
        bytes32 ref,
        address to,
        uint256 amount
    ) public {
        (uint256 attested, uint64 asOf) = gate.attestation();
        Limits memory limits = gate.limits();
        uint256 left = gate.available();
        uint256 supply = token.totalSupply();
        vm.prank(caller);
        gate.issue(sequence, ref, to, amount);
        assert(token.totalSupply() == supply + amount);
        assert(token.totalSupply() <= attested);
        assert(limits.attestationMaxAge != 0);
        assert(block.timestamp <= uint256(asOf) + limits.attestationMaxAge);
        assert(amount <= left && amount <= limits.capacity);
        assert(rights.has(caller, gate.issue.selector));
    }

    function check_I6_zero_blocks(address caller, uint256 sequence, bytes32 ref, address to)
        public
    {
        Limits memory limits = gate.limits();
        (uint256 attested,) = gate.attestation();
        vm.assume(limits.capacity == 0 || limits.attestationMaxAge == 0 || attested == 0);
        uint256 amount = svm.createUint256("amount");
        vm.assume(amount != 0);
        vm.prank(caller);
        (bool issued,) =
            address(gate).call(abi.encodeCall(gate.issue, (sequence, ref, to, amount)));
        assert(!issued);
    }

    function check_I6_attestor_never_issues(address caller, uint256 liabilities, uint64 asOf)
        public
    {
        (, uint64 last) = gate.attestation();
        vm.prank(caller);
        gate.attest(liabilities, asOf);
        assert(!rights.has(caller, gate.issue.selector));
        assert(rights.has(caller, gate.attest.selector));
        assert(asOf >= last && asOf <= block.timestamp + 5 minutes);
    }

    function witness_issue(address caller, bytes32 ref, address to, uint256 amount) public {
        vm.prank(caller);
        gate.issue(uint48(uint256(ref)), ref, to, amount);
        assert(amount == 0);
    }

    function witness_attest(address caller, uint256 liabilities, uint64 asOf) public {
        vm.prank(caller);
        gate.attest(liabilities, asOf);
        assert(liabilities == 0);
    }
}
