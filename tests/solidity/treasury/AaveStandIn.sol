// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20, IERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A market of one asset that answers as Aave v3 does where the adapter asks, without
/// interest of its own; the real one is tested in Python. The pool is its own registry.
contract AaveStandIn {
    uint256 private constant RAY = 1e27;

    AaveTokenStandIn public immutable aToken;
    IERC20 private immutable _asset;

    uint256 private _configuration = 1 << 56 | uint256(6) << 48;
    uint256 private _user = 2;
    uint256 private _counted;
    bool private _counts;

    constructor(IERC20 asset) {
        _asset = asset;
        aToken = new AaveTokenStandIn(asset);
    }

    // ---------------------------------------------------------------------- what a test decides

    function configure(bool active, bool frozen, bool paused, uint256 capInUnits) external {
        _configuration = uint256(6) << 48 | capInUnits << 116;
        if (active) _configuration |= 1 << 56;
        if (frozen) _configuration |= 1 << 57;
        if (paused) _configuration |= 1 << 60;
    }

    function count(bool counts, uint256 counted) external {
        (_counts, _counted) = (counts, counted);
    }

    function lend(address to, uint256 amount) external {
        aToken.pay(to, amount);
    }

    // -------------------------------------------------------------------------- what it answers

    function getPool() external view returns (address) {
        return address(this);
    }

    function supply(address, uint256 amount, address onBehalfOf, uint16) external {
        _asset.transferFrom(msg.sender, address(aToken), amount);
        aToken.mint(onBehalfOf, amount);
        // A first supply is made collateral.
        _user |= 2;
    }

    function withdraw(address, uint256 amount, address to) external returns (uint256) {
        if (amount == type(uint256).max) amount = aToken.balanceOf(msg.sender);
        aToken.burn(msg.sender, amount);
        aToken.pay(to, amount);
        return amount;
    }

    function setUserUseReserveAsCollateral(address, bool useAsCollateral) external {
        _user = useAsCollateral ? 2 : 0;
    }

    function getReserveData(address) external view returns (uint256[15] memory words) {
        words[0] = _configuration;
        words[8] = uint160(address(aToken));
    }

    function getReserveNormalizedIncome(address) external pure returns (uint256) {
        return RAY;
    }

    function getUserConfiguration(address) external view returns (uint256) {
        return _user;
    }

    function getVirtualUnderlyingBalance(address) external view returns (uint128) {
        require(_counts, "before v3.1");
        return uint128(_counted);
    }
}

contract AaveTokenStandIn is ERC20 {
    address public immutable POOL;
    address public immutable UNDERLYING_ASSET_ADDRESS;

    constructor(IERC20 asset) ERC20("aToken", "aTOKEN") {
        (POOL, UNDERLYING_ASSET_ADDRESS) = (msg.sender, address(asset));
    }

    modifier onlyPool() {
        require(msg.sender == POOL);
        _;
    }

    function mint(address to, uint256 amount) external onlyPool {
        _mint(to, amount);
    }

    function burn(address from, uint256 amount) external onlyPool {
        _burn(from, amount);
    }

    function pay(address to, uint256 amount) external onlyPool {
        IERC20(UNDERLYING_ASSET_ADDRESS).transfer(to, amount);
    }

    function scaledBalanceOf(address account) external view returns (uint256) {
        return balanceOf(account);
    }

    function scaledTotalSupply() external view returns (uint256) {
        return totalSupply();
    }
}
