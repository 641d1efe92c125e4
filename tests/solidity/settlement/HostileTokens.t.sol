// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../../contracts/interfaces/IDepositHolds.sol";
import {
    INetSettlement,
    NetCycle,
    NetSection
} from "../../../contracts/interfaces/INetSettlement.sol";
import {
    Affirmation,
    Instruction,
    InstructionState,
    ISettlementEngine
} from "../../../contracts/interfaces/ISettlementEngine.sol";
import {vm} from "../base/Vm.sol";
import {FadingToken} from "./FadingToken.sol";
import {TradeTest} from "./TradeTest.sol";

interface IHostileToken {
    function become(uint8 mood, uint8 manners) external;
    function enter(address engine, bytes calldata entry) external;
    function heard() external view returns (bytes memory);
    function mint(address to, uint256 amount) external;
    function balanceOf(address account) external view returns (uint256);
    function createHold(HoldTerms calldata terms) external;
}

/// @notice One leg in a token that means harm: the other leg is paid only if that one is, exactly.
contract HostileTokensTest is TradeTest {
    uint8 private constant HONEST = 0;
    uint8 private constant REVERTING = 5;
    uint8 private constant BURNING = 8;
    uint8 private constant ENTERING = 9;
    uint8 private constant LYING = 10;
    uint8 private constant MUTE = 11;
    uint8 private constant MOODS = 13;

    IHostileToken private _hostile;

    function setUp() public override {
        super.setUp();
        _hostile = IHostileToken(_deploy("HostileToken", ""));
        _hostile.mint(bob, 1000);
        _hostile.mint(alice, 1000);
    }

    function test_AnHonestLegIsPaidWithTheOther() external {
        _settled(_trade());
        _settled(_heldTrade());
    }

    function test_NoOtherMoodMovesTheHonestLeg() external {
        for (uint8 mood = 1; mood < MOODS; ++mood) {
            // What enters pays in the end, and what lies is believed: see below.
            if (mood == ENTERING || mood == LYING) continue;
            _hostile.become(mood, HONEST);
            _notSettled(_trade());
        }
    }

    function test_NoOtherMoodMovesTheHonestHold() external {
        for (uint8 mood = 1; mood < MOODS; ++mood) {
            if (mood == ENTERING || mood == LYING) continue;
            _hostile.become(HONEST, HONEST);
            Instruction memory trade = _heldTrade();
            trade.salt = bytes32(uint256(mood) << 8);
            _open(trade);
            _hostile.become(mood, HONEST);
            (bool passed, bytes memory answer) =
                address(engine).call{gas: 5_000_000}(abi.encodeCall(engine.execute, (trade)));
            vm.assertFalse(passed && abi.decode(answer, (bool)));
            vm.assertEq(token.balanceOf(alice), 1000);
            _state(trade, InstructionState.None);
        }
    }

    function test_TheEngineIsNotEnteredAgain() external {
        Instruction memory other = _exchange();
        other.salt = "other";
        bytes[6] memory doors = [
            abi.encodeCall(engine.settle, (other, _affirmed(other))),
            abi.encodeCall(engine.instruct, (other)),
            abi.encodeCall(engine.affirm, (other)),
            abi.encodeCall(engine.execute, (other)),
            abi.encodeCall(engine.cancel, (other)),
            abi.encodeCall(engine.expire, (other))
        ];
        uint256 snapshot = 0;
        for (uint256 i = 0; i < doors.length; ++i) {
            _hostile.enter(address(engine), doors[i]);
            Instruction memory trade = _trade();
            trade.salt = bytes32(++snapshot << 8);
            _accepted(stranger, address(engine), _settling(trade));
            vm.assertTrue(bytes4(_hostile.heard()) == bytes4(keccak256("Reentered()")));
            _state(other, InstructionState.None);
        }
    }

    function test_HoldsOfOthersAreReleasedWhateverOneTokenDoes() external {
        for (uint8 manners = REVERTING; manners <= BURNING; ++manners) {
            _hostile.become(HONEST, HONEST);
            Instruction memory trade = _trade();
            trade.salt = bytes32(uint256(manners) << 8);
            vm.prank(alice);
            engine.instruct(trade);
            _holds(trade, 0);
            _hostile.become(HONEST, manners);
            vm.prank(alice);
            engine.cancel(trade);
            _state(trade, InstructionState.Cancelled);
            vm.assertEq(token.heldOf(alice), 0);
        }
    }

    function test_WithTooLittleGasNothingIsDecided() external {
        Instruction memory trade = _trade();
        vm.prank(alice);
        engine.instruct(trade);
        HoldTerms memory terms = _holds(trade, 0);
        vm.prank(alice);
        (bool passed,) =
            address(engine).call{gas: 120_000}(abi.encodeCall(engine.cancel, (trade)));
        vm.assertFalse(passed);
        vm.assertEq(token.heldOf(alice), terms.amount);
        _state(trade, InstructionState.Instructed);
    }

    function test_WithTooLittleGasForTheLegsNoneIsToBlame() external {
        Instruction memory trade = _heldTrade();
        _open(trade);
        for (uint256 gas_ = 60_000; gas_ < 300_000; gas_ += 5_000) {
            (bool passed, bytes memory answer) =
                address(engine).call{gas: gas_}(abi.encodeCall(engine.execute, (trade)));
            if (passed && abi.decode(answer, (bool))) break;
            _state(trade, InstructionState.None);
            vm.assertEq(token.balanceOf(alice), 1000);
        }
        vm.assertEq(token.balanceOf(alice), 900);
    }

    function test_WhatIsNoTokenIsTold() external {
        Instruction memory trade = _trade();
        trade.legs[1].token = carol;
        bytes memory inner = abi.encodeWithSelector(INetSettlement.NotAToken.selector, carol);
        bytes memory reason =
            abi.encodeWithSelector(ISettlementEngine.LegFailed.selector, 1, inner);
        _refused(stranger, address(engine), _settling(trade), reason);
        _hostile.become(MUTE, HONEST);
        inner = abi.encodeWithSelector(INetSettlement.NotAToken.selector, _hostile);
        reason = abi.encodeWithSelector(ISettlementEngine.LegFailed.selector, 1, inner);
        _refused(stranger, address(engine), _settling(_trade()), reason);
    }

    function test_WhatStopsTellingBalancesHasNotPaid() external {
        Instruction memory trade = _trade();
        trade.legs[1].token = address(new FadingToken(true, ""));
        bytes memory inner =
            abi.encodeWithSelector(INetSettlement.NotAToken.selector, trade.legs[1].token);
        bytes memory reason =
            abi.encodeWithSelector(ISettlementEngine.LegFailed.selector, 1, inner);
        _refused(stranger, address(engine), _settling(trade), reason);
        _unmoved();
    }

    function test_ALongReasonIsCutShort() external {
        // Nobody pays for a megabyte of what a token has to say.
        _hostile.become(7, HONEST);
        vm.prank(stranger);
        (, bytes memory answer) = address(engine).call(_settling(_trade()));
        vm.assertLe(answer.length, 4 + 3 * 32 + 256);
    }

    function test_NettingIsAllOrNothingToo() external {
        NetCycle memory cycle = _cycle();
        for (uint8 mood = 1; mood < MOODS; ++mood) {
            if (mood == ENTERING || mood == LYING) continue;
            _hostile.become(mood, HONEST);
            vm.prank(settler);
            (bool passed,) = address(engine).call{gas: 5_000_000}(
                abi.encodeCall(engine.settleNet, (cycle))
            );
            vm.assertFalse(passed);
            vm.assertFalse(engine.isCycleSettled(cycle.id));
        }
        _hostile.become(HONEST, HONEST);
        _accepted(settler, address(engine), abi.encodeCall(engine.settleNet, (cycle)));
    }

    function test_NettingOnlyWithWhatTellsBalances() external {
        _isNoTokenToNet(carol);
        _isNoTokenToNet(address(new FadingToken(true, "")));
        _isNoTokenToNet(address(new FadingToken(false, abi.encode(0x20, 1))));
        _isNoTokenToNet(address(new FadingToken(false, abi.encode(0x20, 2, 0))));
        _isNoTokenToNet(address(new FadingToken(false, abi.encode(0x40, 1, 0))));
        _isNoTokenToNet(address(new FadingToken(false, abi.encode(0x20, 1, 0, 0))));
        bytes memory cut = abi.encodePacked(abi.encode(0x20, 1), uint8(0));
        _isNoTokenToNet(address(new FadingToken(false, cut)));
        // A list of one, and after the payment none.
        _isNoTokenToNet(address(new FadingToken(true, abi.encode(0x20, 1, 0))));
    }

    function test_NettingInNothingIsRefused() external {
        NetCycle memory cycle = _cycle();
        cycle.sections[0] = NetSection(carol, new uint256[](0), new uint256[](0), new uint256[](0));
        _isNotNetted(cycle);
    }

    // ----------------------------------------------------------------------------------- parts

    function _isNoTokenToNet(address other) private {
        NetCycle memory cycle = _cycle();
        cycle.sections[0].token = other;
        _isNotNetted(cycle);
    }

    function _isNotNetted(NetCycle memory cycle) private {
        address other = cycle.sections[0].token;
        bytes memory inner = abi.encodeWithSelector(INetSettlement.NotAToken.selector, other);
        bytes memory reason =
            abi.encodeWithSelector(INetSettlement.NetFailed.selector, other, inner);
        _refused(settler, address(engine), abi.encodeCall(engine.settleNet, (cycle)), reason);
    }

    function _trade() private view returns (Instruction memory trade) {
        trade = _exchange();
        trade.legs[1].token = address(_hostile);
    }

    function _heldTrade() private view returns (Instruction memory trade) {
        trade = _trade();
        trade.salt = "held";
    }

    function _open(Instruction memory trade) private {
        _holds(trade, 0);
        _hostile.createHold(engine.holdTerms(trade)[1]);
    }

    function _settled(Instruction memory trade) private {
        uint256 before = token.balanceOf(bob);
        uint256 owned = _hostile.balanceOf(alice);
        if (trade.salt == "held") {
            _open(trade);
            vm.assertTrue(engine.execute(trade));
        } else {
            _accepted(stranger, address(engine), _settling(trade));
        }
        vm.assertEq(token.balanceOf(bob), before + 100);
        vm.assertEq(_hostile.balanceOf(alice), owned + 70);
    }

    function _notSettled(Instruction memory trade) private {
        bytes memory data = _settling(trade);
        vm.prank(stranger);
        (bool passed,) = address(engine).call{gas: 5_000_000}(data);
        vm.assertFalse(passed, "settled against a token that does not pay");
        vm.assertEq(token.balanceOf(alice), 1000);
        _state(trade, InstructionState.None);
    }

    function _settling(Instruction memory trade) private view returns (bytes memory) {
        return abi.encodeCall(engine.settle, (trade, _affirmed(trade)));
    }

    function _cycle() private view returns (NetCycle memory cycle) {
        cycle.id = "cycle";
        cycle.expiry = uint64(NOW) + HOUR;
        cycle.parties = new address[](2);
        (cycle.parties[0], cycle.parties[1]) = alice < bob ? (alice, bob) : (bob, alice);
        cycle.sections = new NetSection[](1);
        cycle.sections[0].token = address(_hostile);
        cycle.sections[0].obligations = new uint256[](1);
        cycle.sections[0].obligations[0] = (uint256(1) << 112 | 10) << 128;
        cycle.sections[0].debits = new uint256[](1);
        cycle.sections[0].debits[0] = uint256(10) << 128 | 10;
        cycle.sections[0].credits = new uint256[](1);
        cycle.sections[0].credits[0] = (uint256(1) << 120 | 10) << 128;
    }
}
