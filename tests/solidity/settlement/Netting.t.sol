// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms, IDepositHolds} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {
    INetSettlement,
    NetCycle,
    NetSection
} from "../../../contracts/interfaces/INetSettlement.sol";
import {vm} from "../base/Vm.sol";
import {TradeTest} from "./TradeTest.sol";

/// @notice Netting: what is paid is what the gross list adds up to, out of what was held for it.
contract NettingTest is TradeTest {
    address private constant DEBTOR = address(0x10);
    address private constant MIDDLE = address(0x20);
    address private constant CREDITOR = address(0x30);

    function setUp() public override {
        super.setUp();
        _funds(token, DEBTOR, 1000);
        _funds(token, MIDDLE, 1000);
        _funds(token, CREDITOR, 1000);
        _funds(dollars, DEBTOR, 1000);
        _funds(dollars, CREDITOR, 1000);
    }

    function test_OnlyTheSettlerNets() external {
        _restricted(address(engine), abi.encodeCall(engine.settleNet, (_cycle())));
        HoldTerms[] memory none = new HoldTerms[](0);
        _restricted(
            address(engine), abi.encodeCall(engine.releaseNetHolds, (address(token), none))
        );
    }

    function testFuzz_EachPartyMovesByItsNet(uint96 one, uint96 two, uint96 three) external {
        // DEBTOR owes one to MIDDLE and two to CREDITOR; CREDITOR owes three to MIDDLE.
        uint256 a = one % 500 + 1;
        uint256 b = two % 500 + 1;
        uint256 c = three % b + 1;
        NetCycle memory cycle = _cycle();
        cycle.sections[0].obligations = new uint256[](2);
        cycle.sections[0].obligations[0] = _pair(_owes(0, 1, a), _owes(0, 2, b));
        cycle.sections[0].obligations[1] = _pair(_owes(2, 1, c), 0);
        _held(token, DEBTOR, 1000, cycle);
        cycle.sections[0].debits = _one(_debit(0, 1000, a + b));
        cycle.sections[0].credits = _one(_pair(_credit(1, a + c), b == c ? 0 : _credit(2, b - c)));
        _accepted(settler, address(engine), abi.encodeCall(engine.settleNet, (cycle)));
        vm.assertEq(token.balanceOf(DEBTOR), 1000 - a - b);
        vm.assertEq(token.balanceOf(MIDDLE), 1000 + a + c);
        vm.assertEq(token.balanceOf(CREDITOR), 1000 + b - c);
        vm.assertEq(token.balanceOf(address(engine)), 0);
        vm.assertEq(token.heldOf(DEBTOR), 0);
        vm.assertTrue(engine.isCycleSettled(cycle.id));
    }

    function test_ACycleIsSettledOnceAndTold() external {
        NetCycle memory cycle = _simple();
        bytes32 gross =
            keccak256(abi.encode(cycle.parties, cycle.sections[0].obligations));
        vm.expectEmit(address(engine));
        emit INetSettlement.NetSettled(cycle.id, address(token), gross, 1, 1);
        _accepted(settler, address(engine), abi.encodeCall(engine.settleNet, (cycle)));
        _fails(cycle, abi.encodeWithSelector(INetSettlement.CycleSettled.selector, cycle.id));
    }

    function test_TwoCurrenciesAreSettledTogether() external {
        NetCycle memory cycle = _simple();
        NetSection memory first = cycle.sections[0];
        cycle.sections = new NetSection[](2);
        NetSection memory second =
            NetSection(address(dollars), first.obligations, first.debits, first.credits);
        bool before = address(token) < address(dollars);
        (cycle.sections[0], cycle.sections[1]) = before ? (first, second) : (second, first);
        // One currency is held, the other is not: nothing moves.
        vm.prank(settler);
        (bool passed,) = address(engine).call(abi.encodeCall(engine.settleNet, (cycle)));
        vm.assertFalse(passed);
        vm.assertEq(token.balanceOf(CREDITOR), 1000);
        _held(dollars, DEBTOR, 100, cycle);
        _accepted(settler, address(engine), abi.encodeCall(engine.settleNet, (cycle)));
        vm.assertEq(token.balanceOf(CREDITOR), 1100);
        vm.assertEq(dollars.balanceOf(CREDITOR), 1100);
        // Not in order, one of them would be there twice.
        (cycle.sections[0], cycle.sections[1]) = (cycle.sections[1], cycle.sections[0]);
        cycle.id = "again";
        vm.prank(settler);
        (passed,) = address(engine).call(abi.encodeCall(engine.settleNet, (cycle)));
        vm.assertFalse(passed);
    }

    // ------------------------------------------------------------------------------- the lists

    function test_PartiesAreInOrder() external {
        bytes4 selector = INetSettlement.PartiesMalformed.selector;
        NetCycle memory cycle = _simple();
        cycle.parties[1] = cycle.parties[0];
        _fails(cycle, abi.encodeWithSelector(selector, 1));
        cycle.parties[0] = address(0);
        _fails(cycle, abi.encodeWithSelector(selector, 0));
        cycle.parties = new address[](0);
        _fails(cycle, abi.encodeWithSelector(selector, 0));
        cycle.parties = new address[](257);
        _fails(cycle, abi.encodeWithSelector(selector, 257));
    }

    function test_SectionsAreInOrder() external {
        bytes4 selector = INetSettlement.SectionsMalformed.selector;
        NetCycle memory cycle = _simple();
        cycle.sections[0].token = address(0);
        _fails(cycle, abi.encodeWithSelector(selector, 0));
        cycle.sections = new NetSection[](0);
        _fails(cycle, abi.encodeWithSelector(selector, 0));
    }

    function test_ObligationsAreBetweenTwoParties() external {
        _wrongObligation(_owes(0, 1, 0), _owes(0, 1, 1), 0);
        _wrongObligation(_owes(1, 1, 5), _owes(0, 1, 1), 0);
        _wrongObligation(_owes(3, 1, 5), _owes(0, 1, 1), 0);
        _wrongObligation(_owes(0, 3, 5), _owes(0, 1, 1), 0);
        _wrongObligation(_owes(0, 1, 5), _owes(0, 0, 1), 1);
    }

    function testFuzz_TheNetListIsWhatTheGrossListAddsUpTo(uint96 debit, uint96 credit) external {
        vm.assume(debit != 100 || credit != 100);
        NetCycle memory cycle = _simple();
        cycle.sections[0].debits = _one(_debit(0, 100, debit));
        cycle.sections[0].credits = _one(_pair(_credit(2, credit), 0));
        bytes4 selector = INetSettlement.NetMismatch.selector;
        bytes memory reason = debit != 100
            ? abi.encodeWithSelector(selector, DEBTOR, token, -100, -int256(uint256(debit)))
            : abi.encodeWithSelector(selector, CREDITOR, token, 100, uint256(credit));
        _fails(cycle, reason);
    }

    function test_NobodyIsLeftOut() external {
        NetCycle memory cycle = _simple();
        cycle.sections[0].credits = new uint256[](0);
        bytes4 selector = INetSettlement.NetMismatch.selector;
        _fails(cycle, abi.encodeWithSelector(selector, CREDITOR, token, 100, 0));
    }

    function test_ThePartiesOfTheNetListAreThere() external {
        NetCycle memory cycle = _simple();
        cycle.sections[0].debits = _one(_debit(3, 100, 100));
        bytes4 selector = INetSettlement.PartyUnknown.selector;
        _fails(cycle, abi.encodeWithSelector(selector, token, 3));
    }

    function test_WithoutAHoldNobodyIsDebited() external {
        NetCycle memory cycle = _simple();
        cycle.sections[0].debits = _one(_debit(0, 101, 100));
        HoldTerms memory terms = _terms(DEBTOR, 101, cycle);
        bytes memory inner = abi.encodeWithSelector(
            IDepositHolds.HoldNotOpen.selector, token.holdId(terms), HoldState.None
        );
        _fails(cycle, abi.encodeWithSelector(INetSettlement.NetFailed.selector, token, inner));
    }

    // ----------------------------------------------------------------------------- giving back

    function test_WhatIsNotNeededIsGivenBack() external {
        NetCycle memory cycle = _cycle();
        HoldTerms[] memory holds = new HoldTerms[](1);
        holds[0] = _held(token, DEBTOR, 100, cycle);
        bytes memory data = abi.encodeCall(engine.releaseNetHolds, (address(token), holds));
        _accepted(settler, address(engine), data);
        vm.assertEq(token.heldOf(DEBTOR), 0);
    }

    function test_HoldsOfTradesAreNotGivenBackThatWay() external {
        HoldTerms[] memory holds = new HoldTerms[](1);
        holds[0] = _holds(_exchange(), 0);
        bytes memory data = abi.encodeCall(engine.releaseNetHolds, (address(token), holds));
        bytes4 selector = INetSettlement.NotForNetting.selector;
        _refused(settler, address(engine), data, abi.encodeWithSelector(selector, bob));
    }

    // ----------------------------------------------------------------------------------- parts

    function _wrongObligation(uint256 first, uint256 second, uint256 place) private {
        NetCycle memory cycle = _simple();
        cycle.sections[0].obligations = _one(_pair(first, second));
        bytes4 selector = INetSettlement.ObligationMalformed.selector;
        _fails(cycle, abi.encodeWithSelector(selector, token, place));
    }

    function _fails(NetCycle memory cycle, bytes memory reason) private {
        _refused(settler, address(engine), abi.encodeCall(engine.settleNet, (cycle)), reason);
    }

    /// @dev DEBTOR owes CREDITOR 100, and holds it.
    function _simple() private returns (NetCycle memory cycle) {
        cycle = _cycle();
        cycle.sections[0].obligations = _one(_pair(_owes(0, 2, 100), 0));
        cycle.sections[0].debits = _one(_debit(0, 100, 100));
        cycle.sections[0].credits = _one(_pair(_credit(2, 100), 0));
        if (token.heldOf(DEBTOR) == 0) _held(token, DEBTOR, 100, cycle);
    }

    function _cycle() private view returns (NetCycle memory cycle) {
        cycle.id = "cycle";
        cycle.expiry = uint64(NOW) + HOUR;
        cycle.parties = new address[](3);
        (cycle.parties[0], cycle.parties[1], cycle.parties[2]) = (DEBTOR, MIDDLE, CREDITOR);
        cycle.sections = new NetSection[](1);
        cycle.sections[0].token = address(token);
    }

    function _held(IDepositToken at, address holder, uint256 amount, NetCycle memory cycle)
        private
        returns (HoldTerms memory terms)
    {
        terms = _terms(holder, amount, cycle);
        vm.prank(holder);
        at.createHold(terms);
    }

    function _terms(address holder, uint256 amount, NetCycle memory cycle)
        private
        view
        returns (HoldTerms memory)
    {
        address self = address(engine);
        return HoldTerms(holder, self, amount, self, cycle.expiry, cycle.id);
    }

    function _one(uint256 word) private pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = word;
    }

    function _pair(uint256 high, uint256 low) private pure returns (uint256) {
        return high << 128 | low;
    }

    function _owes(uint256 from, uint256 to, uint256 amount) private pure returns (uint256) {
        return from << 120 | to << 112 | amount;
    }

    function _debit(uint256 party, uint256 held, uint256 amount) private pure returns (uint256) {
        return party << 248 | held << 128 | amount;
    }

    function _credit(uint256 party, uint256 amount) private pure returns (uint256) {
        return party << 120 | amount;
    }
}
