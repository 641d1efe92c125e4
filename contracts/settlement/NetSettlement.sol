// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {HoldTerms, IDepositHolds} from "../interfaces/IDepositHolds.sol";
import {INetSettlement, NetCycle, NetSection} from "../interfaces/INetSettlement.sol";
import {Delivery} from "../libraries/Delivery.sol";
import {NetList} from "../libraries/NetList.sol";
import {SingleEntry} from "../libraries/SingleEntry.sol";

/// @title Multilateral netting; see INetSettlement
abstract contract NetSettlement is INetSettlement, AccessManaged, SingleEntry {
    mapping(bytes32 id => bool) private _settledCycles;

    function settleNet(NetCycle calldata cycle) external restricted singleEntry {
        if (_settledCycles[cycle.id]) revert CycleSettled(cycle.id);
        _settledCycles[cycle.id] = true;
        address[] memory parties = cycle.parties;
        NetList.requireAscending(parties);
        address last = address(0);
        for (uint256 i = 0; i < cycle.sections.length; ++i) {
            NetSection calldata section = cycle.sections[i];
            if (section.token <= last) revert SectionsMalformed(i);
            last = section.token;
            _settleSection(cycle, parties, section);
        }
        if (last == address(0)) revert SectionsMalformed(0);
    }

    function releaseNetHolds(address token, HoldTerms[] calldata holds)
        external
        restricted
        singleEntry
    {
        for (uint256 i = 0; i < holds.length; ++i) {
            if (holds[i].recipient != address(this)) revert NotForNetting(holds[i].recipient);
            // One token; where it refuses one hold, the settler leaves that one out.
            // slither-disable-next-line calls-loop
            IDepositHolds(token).releaseHold(holds[i]);
        }
    }

    function isCycleSettled(bytes32 id) external view returns (bool) {
        return _settledCycles[id];
    }

    function _settleSection(
        NetCycle calldata cycle,
        address[] memory parties,
        NetSection calldata section
    ) private {
        address token = section.token;
        HoldTerms memory terms = HoldTerms({
            holder: address(0),
            recipient: address(this),
            amount: 0,
            notary: address(this),
            expiry: cycle.expiry,
            ref: cycle.id
        });
        uint256[] memory net = NetList.sum(token, parties.length, section.obligations);
        (HoldTerms[] memory holds, uint256[] memory amounts) =
            NetList.debits(net, token, parties, section.debits, terms);
        (address[] memory payees, uint256[] memory due) =
            NetList.credits(net, token, parties, section.credits);
        NetList.requireStruck(net, token, parties);
        (bool ok, bytes memory reason) = Delivery.toAll(
            token,
            payees,
            due,
            abi.encodeCall(IDepositHolds.executeHolds, (holds, amounts, payees, due))
        );
        if (!ok) revert NetFailed(token, reason);
        bytes32 grossHash = keccak256(abi.encode(parties, section.obligations));
        emit NetSettled(cycle.id, token, grossHash, holds.length, payees.length);
    }
}
