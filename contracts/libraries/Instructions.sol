// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Instruction, ISettlementEngine, Leg} from "../interfaces/ISettlementEngine.sol";

/// @title What can be said of an instruction by its content alone
library Instructions {
    uint256 internal constant LEGS_MAX = 64;

    bytes32 private constant LEG_TYPEHASH =
        keccak256("Leg(address token,address from,address to,uint256 amount)");
    bytes32 private constant INSTRUCTION_TYPEHASH = keccak256(
        "Instruction(Leg[] legs,uint64 deadline,bytes32 ref,bytes32 salt)"
        "Leg(address token,address from,address to,uint256 amount)"
    );

    /// @notice EIP-712 struct hash, and what two trades with neighbouring salts share: payers,
    /// tokens and the salt without its lowest bit. Refuses a content that is not well formed.
    function identify(Instruction calldata instruction)
        internal
        view
        returns (bytes32 content, bytes32 pair)
    {
        Leg[] calldata legs = instruction.legs;
        uint256 count = legs.length;
        if (count == 0 || count > LEGS_MAX) revert ISettlementEngine.LegCount(count);
        if (instruction.ref == 0) revert ISettlementEngine.ReferenceMissing();
        bytes32[] memory hashes = new bytes32[](count);
        pair = bytes32(uint256(instruction.salt) >> 1);
        for (uint256 i = 0; i < count; ++i) {
            Leg calldata leg = legs[i];
            (hashes[i], pair) = _identify(leg, i, pair);
            _requireNew(hashes, i);
        }
        content = keccak256(
            abi.encode(
                INSTRUCTION_TYPEHASH,
                keccak256(abi.encodePacked(hashes)),
                instruction.deadline,
                instruction.ref,
                instruction.salt
            )
        );
    }

    /// @notice A bit for every leg that `payer` pays.
    function paidBy(Leg[] calldata legs, address payer) internal pure returns (uint64 bits) {
        for (uint256 i = 0; i < legs.length; ++i) {
            if (legs[i].from == payer) bits |= uint64(1 << i);
        }
    }

    /// @notice Whether `account` pays or is paid.
    function hasParty(Leg[] calldata legs, address account) internal pure returns (bool) {
        for (uint256 i = 0; i < legs.length; ++i) {
            if (legs[i].from == account || legs[i].to == account) return true;
        }
        return false;
    }

    /// @notice A bit for every leg.
    function allOf(Leg[] calldata legs) internal pure returns (uint64) {
        return type(uint64).max >> (LEGS_MAX - legs.length);
    }

    function _identify(Leg calldata leg, uint256 i, bytes32 before)
        private
        view
        returns (bytes32 hash, bytes32 pair)
    {
        (address token, address from, address to) = (leg.token, leg.from, leg.to);
        uint256 amount = leg.amount;
        // The engine is the recipient of holds for netting; here it never is, so the two kinds of
        // hold can never be taken for each other.
        if (amount == 0 || from == to || to == address(this)) {
            revert ISettlementEngine.LegMalformed(i);
        }
        hash = keccak256(abi.encode(LEG_TYPEHASH, token, from, to, amount));
        pair = keccak256(abi.encode(before, token, from));
    }

    function _requireNew(bytes32[] memory hashes, uint256 last) private pure {
        for (uint256 i = 0; i < last; ++i) {
            if (hashes[i] == hashes[last]) revert ISettlementEngine.LegRepeated(i, last);
        }
    }
}
