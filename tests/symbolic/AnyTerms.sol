// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../contracts/interfaces/IDepositToken.sol";
import {svm} from "./Symbolic.sol";

/// @notice A hold of any terms.
function anyTerms() pure returns (HoldTerms memory) {
    return HoldTerms({
        holder: svm.createAddress("holder"),
        recipient: svm.createAddress("recipient"),
        amount: svm.createUint256("held"),
        notary: svm.createAddress("notary"),
        expiry: uint64(svm.createUint256("expiry")),
        ref: svm.createBytes32("ref")
    });
}

/// @notice Any part of a hold of any terms, shared out to one payee in any amount.
function anyShare(address payee)
    pure
    returns (
        HoldTerms[] memory holds,
        uint256[] memory amounts,
        address[] memory payees,
        uint256[] memory due
    )
{
    holds = new HoldTerms[](1);
    amounts = new uint256[](1);
    payees = new address[](1);
    due = new uint256[](1);
    holds[0] = anyTerms();
    amounts[0] = svm.createUint256("taken");
    (payees[0], due[0]) = (payee, svm.createUint256("paid"));
}
