// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Affirmation,
    Instruction,
    InstructionState,
    Leg
} from "../../contracts/interfaces/ISettlementEngine.sol";
import {SettlementEngine} from "../../contracts/settlement/SettlementEngine.sol";
import {Rights} from "./Rights.sol";
import {svm, vm} from "./Symbolic.sol";

/// @notice I10: whatever an engine has on record, an instruction that was settled, cancelled or
/// expired stays so, and none is settled or taken up after its deadline.
contract EngineStates {
    SettlementEngine internal engine;

    function setUp() public {
        engine = new SettlementEngine(address(new Rights()));
        svm.enableSymbolicStorage(address(engine));
    }

    function check_I10_settled_is_absorbing(address caller) public {
        _assertAbsorbing(caller, InstructionState.Settled);
    }

    function check_I10_cancelled_is_absorbing(address caller) public {
        _assertAbsorbing(caller, InstructionState.Cancelled);
    }

    function check_I10_expired_is_absorbing(address caller) public {
        _assertAbsorbing(caller, InstructionState.Expired);
    }

    function check_I10_nothing_after_the_deadline(address caller) public {
        Instruction memory any = _anyInstruction();
        vm.assume(block.timestamp >= any.deadline);
        assert(!_accepted(caller, abi.encodeCall(engine.settle, (any, _anyConsents()))));
        assert(!_accepted(caller, abi.encodeCall(engine.instruct, (any))));
        assert(!_accepted(caller, abi.encodeCall(engine.affirm, (any))));
        assert(!_accepted(caller, abi.encodeCall(engine.execute, (any))));
        assert(!_accepted(caller, abi.encodeCall(engine.cancel, (any))));
    }

    function check_I10_no_expiry_before_the_deadline(address caller) public {
        Instruction memory any = _anyInstruction();
        vm.assume(block.timestamp < any.deadline);
        assert(!_accepted(caller, abi.encodeCall(engine.expire, (any))));
    }

    function check_I10_settleHeld_is_its_own(address caller) public {
        vm.assume(caller != address(engine));
        Instruction memory any = _anyInstruction();
        assert(!_accepted(caller, abi.encodeCall(engine.settleHeld, (any))));
    }

    function check_I10_a_party_instructs(address caller) public {
        Instruction memory any = _anyInstruction();
        InstructionState before = engine.progressOf(any).state;
        vm.prank(caller);
        engine.instruct(any);
        assert(before == InstructionState.None);
        assert(engine.progressOf(any).state == InstructionState.Instructed);
        assert(
            caller == any.legs[0].from || caller == any.legs[0].to || caller == any.legs[1].from
                || caller == any.legs[1].to
        );
    }

    function witness_instruct(address caller) public {
        Instruction memory any = _anyInstruction();
        vm.prank(caller);
        engine.instruct(any);
        assert(false);
    }

    function _assertAbsorbing(address caller, InstructionState state) private {
        Instruction memory any = _anyInstruction();
        vm.assume(engine.progressOf(any).state == state);
        assert(!_accepted(caller, abi.encodeCall(engine.settle, (any, _anyConsents()))));
        assert(!_accepted(caller, abi.encodeCall(engine.instruct, (any))));
        assert(!_accepted(caller, abi.encodeCall(engine.affirm, (any))));
        assert(!_accepted(caller, abi.encodeCall(engine.execute, (any))));
        assert(!_accepted(caller, abi.encodeCall(engine.cancel, (any))));
        assert(!_accepted(caller, abi.encodeCall(engine.expire, (any))));
        assert(engine.progressOf(any).state == state);
    }

    function _accepted(address caller, bytes memory data) private returns (bool accepted) {
        vm.prank(caller);
        (accepted,) = address(engine).call(data);
    }

    function _anyInstruction() private pure returns (Instruction memory any) {
        Leg[] memory legs = new Leg[](2);
        legs[0] = _anyLeg();
        legs[1] = _anyLeg();
        any = Instruction({
            legs: legs,
            deadline: uint64(svm.createUint256("deadline")),
            ref: svm.createBytes32("ref"),
            salt: svm.createBytes32("salt")
        });
    }

    function _anyLeg() private pure returns (Leg memory) {
        return Leg({
            token: svm.createAddress("token"),
            from: svm.createAddress("from"),
            to: svm.createAddress("to"),
            amount: svm.createUint256("amount")
        });
    }

    function _anyConsents() private pure returns (Affirmation[] memory consents) {
        consents = new Affirmation[](2);
        for (uint256 i = 0; i < 2; ++i) {
            consents[i] =
                Affirmation(svm.createUint256("nonce"), svm.createBytes(65, "signature"));
        }
    }
}
