// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {PlainVault} from "./PlainVault.sol";

struct MorphoMarket {
    address loanToken;
    address collateralToken;
    address oracle;
    address irm;
    uint256 lltv;
}

interface IMorpho {
    function supply(MorphoMarket memory m, uint256 assets, uint256 shares, address to, bytes memory)
        external;

    function withdraw(
        MorphoMarket memory m,
        uint256 assets,
        uint256 shares,
        address of_,
        address to
    ) external;

    function position(bytes32 id, address of_) external view returns (uint256, uint128, uint128);

    function market(bytes32 id)
        external
        view
        returns (uint128, uint128, uint128, uint128, uint128, uint128);
}

/// @title A vault over one market of Morpho Blue, as curated vaults are
/// @notice Interest shows when the market accrues it; for tests.
contract MorphoVault is PlainVault {
    IMorpho private immutable _morpho;
    MorphoMarket private _terms;

    constructor(IMorpho morpho, MorphoMarket memory terms) PlainVault(IERC20(terms.loanToken)) {
        _morpho = morpho;
        _terms = terms;
        SafeERC20.forceApprove(IERC20(terms.loanToken), address(morpho), type(uint256).max);
    }

    function totalAssets() public view override returns (uint256) {
        (uint256 shares,,) = _morpho.position(_id(), address(this));
        (uint256 assets, uint256 all,,,,) = _morpho.market(_id());
        // Morpho's own rounding: a share and a million units that are nobody's.
        return Math.mulDiv(shares, assets + 1, all + 1e6);
    }

    function maxWithdraw(address owner) public view override returns (uint256) {
        return Math.min(super.maxWithdraw(owner), _idle());
    }

    function maxRedeem(address owner) public view override returns (uint256) {
        return Math.min(super.maxRedeem(owner), convertToShares(_idle()));
    }

    function _transferIn(address from, uint256 assets) internal override {
        super._transferIn(from, assets);
        _morpho.supply(_terms, assets, 0, address(this), "");
    }

    function _transferOut(address to, uint256 assets) internal override {
        _morpho.withdraw(_terms, assets, 0, address(this), to);
    }

    function _idle() private view returns (uint256) {
        (uint256 supplied,, uint256 borrowed,,,) = _morpho.market(_id());
        return supplied - borrowed;
    }

    function _id() private view returns (bytes32) {
        return keccak256(abi.encode(_terms));
    }
}
