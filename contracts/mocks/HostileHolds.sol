// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms} from "../interfaces/IDepositHolds.sol";

/// @title A token of tests that says everything is held, and then does as it was told
contract HostileHolds {
    enum Manner {
        PaysNothing,
        PaysLess,
        CallsBack,
        AnswersAtLength,
        BurnsGas,
        Refuses,
        KeepsAll
    }

    mapping(address account => uint256) public balanceOf;
    Manner public manner;
    bytes public callback;
    bool public reentered;

    error Refused();

    function behave(Manner next, bytes calldata call) external {
        manner = next;
        callback = call;
    }

    function executeHold(HoldTerms calldata terms, uint256 amount) external {
        if (manner == Manner.PaysLess) balanceOf[terms.recipient] += amount - 1;
        if (manner == Manner.CallsBack) _callBack();
        if (manner == Manner.AnswersAtLength) _answerAtLength();
        if (manner == Manner.BurnsGas) while (true) {}
        if (manner >= Manner.Refuses) revert Refused();
    }

    function releaseHold(HoldTerms calldata) external {
        if (manner == Manner.CallsBack) _callBack();
        if (manner == Manner.KeepsAll) revert Refused();
    }

    function holdId(HoldTerms calldata terms) external pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    function holdState(bytes32) external pure returns (HoldState) {
        return HoldState.Open;
    }

    function _callBack() private {
        (bool ok,) = msg.sender.call(callback);
        if (ok) reentered = true;
    }

    function _answerAtLength() private pure {
        // Nothing is read after this; a million zeros are the answer.
        assembly {
            revert(0, 1000000)
        }
    }
}
