// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {IDepositCompliance} from "../../../contracts/interfaces/IDepositCompliance.sol";
import {HoldTerms, IDepositHolds} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

/// @notice Minting and burning: who may, how much, and when not.
contract SupplyTest is BankTest {
    function test_OnlyTheMinterMintsAndBurns() external {
        _mint(alice, 10);
        _restricted(address(token), abi.encodeCall(token.mint, (alice, 1)));
        _restricted(address(token), abi.encodeCall(token.burn, (alice, 1)));
        _restricted(address(token), abi.encodeCall(token.burnHeld, (_redemption(1), 1)));
    }

    function test_NothingIsNotMintedNorBurned() external {
        bytes memory reason = abi.encodeWithSelector(IDepositToken.ZeroAmount.selector);
        _refused(minter, abi.encodeCall(token.mint, (alice, 0)), reason);
        _refused(minter, abi.encodeCall(token.burn, (alice, 0)), reason);
        _mint(alice, 10);
        HoldTerms memory terms = _redemption(10);
        _open(terms);
        _refused(minter, abi.encodeCall(token.burnHeld, (terms, 0)), reason);
    }

    function testFuzz_MintIsRefusedBeyondTheCap(uint128 first, uint256 second) external {
        vm.assume(first != 0 && second > type(uint128).max - first);
        _mint(alice, first);
        bytes4 selector = IDepositToken.SupplyOverCap.selector;
        bytes memory reason = abi.encodeWithSelector(selector, first, second);
        _refused(minter, abi.encodeCall(token.mint, (bob, second)), reason);
    }

    function testFuzz_MintUpToTheCap(uint128 first) external {
        vm.assume(first != 0 && first != type(uint128).max);
        _mint(alice, first);
        _mint(bob, type(uint128).max - first);
        vm.assertEq(token.totalSupply(), type(uint128).max);
        _position(bob, type(uint128).max - first, 0);
    }

    function test_OnlyTheAdmittedAreMintedTo() external {
        bytes4 selector = IDepositCompliance.RecipientRefused.selector;
        bytes memory reason = abi.encodeWithSelector(selector, carol, 0);
        _refused(minter, abi.encodeCall(token.mint, (carol, 1)), reason);
    }

    function testFuzz_BurningTakesOutOfTheSupply(uint128 minted, uint128 burned) external {
        if (minted == 0) minted = 1;
        burned = burned % minted + 1;
        _mint(alice, minted);
        _accepted(minter, address(token), abi.encodeCall(token.burn, (alice, burned)));
        _position(alice, minted - burned, 0);
        vm.assertEq(token.totalSupply(), minted - burned);
    }

    function test_HeldMoneyIsNotBurned() external {
        _mint(alice, 10);
        _open(_redemption(4));
        bytes4 selector = IDepositToken.InsufficientAvailable.selector;
        bytes memory reason = abi.encodeWithSelector(selector, alice, 6, 7);
        _refused(minter, abi.encodeCall(token.burn, (alice, 7)), reason);
    }

    function testFuzz_ARedemptionBurnsOutOfItsHold(uint96 held, uint96 burned) external {
        if (held == 0) held = 1;
        burned = burned % held + 1;
        _mint(alice, held);
        HoldTerms memory terms = _redemption(held);
        _open(terms);
        _accepted(minter, address(token), abi.encodeCall(token.burnHeld, (terms, burned)));
        _position(alice, held - burned, 0);
        vm.assertEq(token.totalSupply(), held - burned);
    }

    function test_OnlyWhatIsHeldForTheMinterIsBurned() external {
        _mint(alice, 10);
        HoldTerms memory terms = _redemption(10);
        terms.recipient = bob;
        _open(terms);
        bytes4 selector = IDepositHolds.NotRecipient.selector;
        bytes memory reason = abi.encodeWithSelector(selector, minter, bob);
        _refused(minter, abi.encodeCall(token.burnHeld, (terms, 1)), reason);
        vm.prank(minter);
        token.releaseHold(terms);
        terms.recipient = minter;
        terms.notary = notary;
        _open(terms);
        reason = abi.encodeWithSelector(IDepositHolds.NotNotary.selector, minter, notary);
        _refused(minter, abi.encodeCall(token.burnHeld, (terms, 1)), reason);
    }

    function _redemption(uint256 amount) private view returns (HoldTerms memory terms) {
        terms = _terms(amount);
        terms.recipient = minter;
        terms.notary = minter;
    }
}
