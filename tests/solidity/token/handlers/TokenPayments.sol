// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Signing} from "../../base/Signing.sol";
import {vm} from "../../base/Vm.sol";
import {TokenGhosts} from "./TokenGhosts.sol";

/// @notice Payments of every kind: by the holder, an allowance, a signature.
abstract contract TokenPayments is TokenGhosts, Signing {
    mapping(address payer => mapping(bytes32 nonce => bool)) private _used;
    mapping(address payer => mapping(uint256 nonce => bool)) private _settled;

    function transfers(uint256 from, uint256 to, uint256 amount) external {
        (address payer, address payee) = (_anyone(from), _anyone(to));
        amount = _amount(amount, token.availableOf(payer));
        uint256 free = _free(payer);
        bool told = token.canTransfer(payer, payee, amount);
        _remember();
        vm.prank(payer);
        (bool done, bytes memory reason) =
            address(token).call(abi.encodeCall(token.transfer, (payee, amount)));
        if (done != told) _violates("canTransfer tells something else than transfer does");
        else if (!done) revert Refused(reason);
        if (!done) return;
        _paid(payer, payee, amount, TRANSFERS);
        _must(amount <= free, "more than available was paid");
    }

    function transfersWithRef(uint256 from, uint256 to, uint256 amount, uint256 ref) external {
        (address payer, address payee) = (_anyone(from), _anyone(to));
        amount = _amount(amount, token.availableOf(payer));
        bytes32 payment = bytes32(_dice(ref, 8));
        uint256 free = _free(payer);
        _remember();
        bytes memory data = abi.encodeCall(token.transferWithRef, (payee, amount, payment));
        _send(payer, address(token), data);
        _paid(payer, payee, amount, TRANSFERS);
        _must(amount <= free, "more than available was paid");
        _must(amount != 0 && payment != 0, "paid nothing, or without a reference");
    }

    function approves(uint256 from, uint256 to, uint256 amount) external {
        bytes memory data = abi.encodeCall(token.approve, (_anyone(to), amount));
        _send(_anyone(from), address(token), data);
    }

    function transfersFrom(uint256 by, uint256 from, uint256 to, uint256 amount) external {
        (address payer, address payee, address spender) = (_anyone(from), _anyone(to), _anyone(by));
        uint256 allowed = token.allowance(payer, spender);
        amount = _amount(amount, token.availableOf(payer));
        uint256 free = _free(payer);
        _remember();
        bytes memory data = abi.encodeCall(token.transferFrom, (payer, payee, amount));
        _send(spender, address(token), data);
        _paid(payer, payee, amount, TRANSFERS);
        _must(amount <= free && amount <= allowed, "more was paid than available and allowed");
        uint256 rest = allowed == type(uint256).max ? allowed : allowed - amount;
        _must(token.allowance(payer, spender) == rest, "an allowance fell by another amount");
    }

    function authorizes(uint256 by, uint256 from, uint256 to, uint256 amount, uint256 any)
        external
    {
        (address payer, uint256 key) = _signer(from);
        Payment memory payment = Payment({
            from: payer,
            to: _anyone(to),
            value: _amount(amount, token.availableOf(payer)),
            validAfter: block.timestamp - 100 + _dice(any, 110),
            validBefore: block.timestamp + 100 - _dice(any, 109),
            nonce: bytes32(_dice(any, 64))
        });
        bool takes = _dice(by, 2) == 0;
        bytes32 digest =
            takes ? _receiveDigest(token, payment) : _transferDigest(token, payment);
        bool strange = _dice(any, 8) == 0;
        bytes memory data = abi.encodeWithSignature(
            string.concat(
                takes ? "receive" : "transfer",
                "WithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)"
            ),
            payment.from,
            payment.to,
            payment.value,
            payment.validAfter,
            payment.validBefore,
            payment.nonce,
            _signed(strange ? key + 1 : key, digest)
        );
        address caller = takes ? _mostly(payment.to, by, 8) : _anyone(by);
        uint256 free = _free(payer);
        _remember();
        _send(caller, address(token), data);
        _paid(payer, payment.to, payment.value, TRANSFERS);
        _must(!strange && payment.value <= free, "paid without a signature, or too much");
        _must(!takes || caller == payment.to, "received by another than the payee");
        _must(!_used[payer][payment.nonce], "an authorization counted twice");
        _must(block.timestamp > payment.validAfter, "an authorization counted too early");
        _must(block.timestamp < payment.validBefore, "an authorization counted too late");
        _used[payer][payment.nonce] = true;
    }

    function settles(uint256 by, uint256 from, uint256 to, uint256 amount, uint256 any) external {
        (address payer, uint256 key) = _signer(from);
        Settlement memory leg = Settlement({
            engine: notary,
            from: payer,
            to: _anyone(to),
            amount: _amount(amount, token.availableOf(payer)),
            instruction: bytes32(_dice(any, 32)),
            nonce: _dice(any, 300),
            deadline: block.timestamp + 10 - _dice(any, 13)
        });
        bool strange = _dice(any, 8) == 0;
        bytes memory signature =
            _signed(strange ? key + 1 : key, _settlementDigest(token, leg));
        address caller = _mostly(notary, by, 8);
        uint256 free = _free(payer);
        _remember();
        bytes memory data = abi.encodeCall(
            token.settleTransfer,
            (leg.from, leg.to, leg.amount, leg.instruction, leg.nonce, leg.deadline, signature)
        );
        _send(caller, address(token), data);
        _paid(payer, leg.to, leg.amount, SETTLEMENTS);
        _must(!strange && leg.amount <= free, "settled without a signature, or too much");
        _must(caller == notary, "settled by another engine than was named");
        _must(!_settled[payer][leg.nonce], "a settlement counted twice");
        _must(block.timestamp <= leg.deadline, "a settlement counted too late");
        _must(leg.amount != 0 && leg.instruction != 0, "settled nothing, or for nothing");
        _settled[payer][leg.nonce] = true;
    }

    function cancelsSettlement(uint256 from, uint256 any) external {
        (address payer,) = _signer(from);
        uint256 nonce = _dice(any, 300);
        _send(payer, address(token), abi.encodeCall(token.cancelSettlementNonce, (nonce)));
        _must(!_settled[payer][nonce], "cancelled after it had counted");
        _settled[payer][nonce] = true;
    }

    function _signer(uint256 seed) private view returns (address, uint256) {
        return _dice(seed, 2) == 0 ? (alice, ALICE_KEY) : (bob, BOB_KEY);
    }
}
