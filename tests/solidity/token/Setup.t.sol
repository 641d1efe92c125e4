// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {BankTest} from "../base/BankTest.sol";
import {Signing} from "../base/Signing.sol";
import {vm} from "../base/Vm.sol";

/// @notice What a token is from its first block on, and that new code keeps it.
contract SetupTest is BankTest, Signing {
    function testFuzz_OnlyThreeCapitalLettersAreACurrency(bytes calldata letters) external {
        bool fits = letters.length == 3;
        for (uint256 i = 0; i < letters.length; ++i) {
            fits = fits && uint8(letters[i]) >= 65 && uint8(letters[i]) <= 90;
        }
        vm.assume(!fits);
        _malformed(string(letters));
    }

    function test_LettersBesideTheAlphabetAreNoCurrency() external {
        _malformed("CA");
        _malformed("CADS");
        _malformed("cad");
        _malformed("@AD");
        _malformed("CA[");
    }

    function test_AnAccessManagerIsAContract() external {
        vm.expectRevert(
            abi.encodeWithSelector(IAccessManaged.AccessManagedInvalidAuthority.selector, alice)
        );
        this.initialized("CAD", alice);
    }

    function test_NothingIsSetUpTwice() external {
        bytes memory again =
            abi.encodeCall(token.initialize, ("x", "x", "USD", 6, address(access)));
        bytes memory reason =
            abi.encodeWithSelector(Initializable.InvalidInitialization.selector);
        _refused(address(this), again, reason);
        _refused(address(this), _deploy("DepositToken", ""), again, reason);
    }

    function test_ItTellsWhatItIs() external view {
        vm.assertEq(token.name(), "Canadian dollar deposits");
        vm.assertEq(token.symbol(), "dCAD");
        vm.assertEq(token.currency(), "CAD");
        vm.assertEq(token.decimals(), 2);
        vm.assertEq(IAccessManaged(address(token)).authority(), address(access));
        vm.assertEq(token.DOMAIN_SEPARATOR(), _domain(token));
        vm.assertEq(token.totalSupply(), 0);
    }

    function test_OnlyTheInstallerInstallsCode() external {
        address next = _deploy("DepositTokenNext", "");
        bytes memory data = abi.encodeWithSelector(UPGRADE, next, "");
        _restricted(address(token), data);
        _mint(alice, 7);
        _accepted(installer, address(token), data);
        (bool answered,) = address(token).call(abi.encodeWithSignature("terms()"));
        vm.assertTrue(answered);
        _position(alice, 7, 0);
    }

    function initialized(string calldata currency, address authority) external {
        address code = _deploy("DepositToken", "");
        vm.store(code, INITIALIZABLE, 0);
        IDepositToken(code).initialize("x", "x", currency, 2, authority);
    }

    // ERC-7201 of openzeppelin.storage.Initializable: as if the code were a proxy's.
    bytes32 private constant INITIALIZABLE =
        0xf0c57e16840df040f15088dc2f81fe391c3923bec73e23a9662efc9c229c6a00;

    function _malformed(string memory currency) private {
        vm.expectRevert(abi.encodeWithSelector(IDepositToken.CurrencyMalformed.selector, currency));
        this.initialized(currency, address(access));
    }
}
