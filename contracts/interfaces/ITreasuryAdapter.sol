// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a venue is. `UniswapV3` changes one asset into another; the others keep money.
enum VenueKind {
    None,
    ERC4626,
    AaveV3,
    UniswapV3
}

/// @notice A price feed and what is believed of it.
/// @param aggregator Chainlink's, or one that answers like it.
/// @param ageSecondsMax Greatest age of an answer: the feed's heartbeat and a margin.
/// @param decimals Digits of the answers, as the band below was written for.
/// @param min Answers must be above. Stands above the feed's own floor, at which it gets stuck.
/// @param max Answers must be below. Stands below the feed's own ceiling.
struct Feed {
    address aggregator;
    uint32 ageSecondsMax;
    uint8 decimals;
    uint128 min;
    uint128 max;
}

/// @notice When a pool's price is believed. Both feeds tell prices in the same currency.
/// @param assetFeed Price of the venue's `asset`.
/// @param otherFeed Price of the venue's `other`.
/// @param sequencerFeed Tells whether a layer 2 is up; zero on a layer 1.
/// @param graceSeconds How long the layer 2 must have been up again.
/// @param windowSeconds Length of the time-weighted average; the pool must remember that long.
/// @param deviationTicksMax Greatest distance of the pool's tick from its average.
/// @param deviationBpsMax Greatest distance of the average from the feeds, in 1/10,000.
struct PriceGuard {
    Feed assetFeed;
    Feed otherFeed;
    address sequencerFeed;
    uint24 graceSeconds;
    uint32 windowSeconds;
    uint24 deviationTicksMax;
    uint16 deviationBpsMax;
}

/// @notice A place where the treasury's money may go. Its address is the vault, Aave's aToken or
/// Uniswap's pool.
/// @param asset What is placed, and in which `cap` counts.
/// @param slippageBpsMax Greatest loss on the way in or through, in 1/10,000.
/// @param other UniswapV3: the pool's other token. Else zero.
/// @param gateway AaveV3: the PoolAddressesProvider. UniswapV3: the SwapRouter. Else zero.
/// @param cap Most that may be there; UniswapV3: most that may be changed at once, refilled evenly
/// over a day. Zero means zero.
/// @param supplyFloor ERC4626: vaults with fewer shares get nothing. Else zero.
/// @param guard UniswapV3: when the price is believed. Else all zero.
struct Venue {
    VenueKind kind;
    address asset;
    uint16 slippageBpsMax;
    address other;
    address gateway;
    uint128 cap;
    uint128 supplyFloor;
    PriceGuard guard;
}

/// @title Places the treasury's money in venues under mandate
/// @notice Money comes from one treasury and goes back to it or into a venue that was allowed after
/// a delay. Shares stay here. Ways in can be paused and closed; the way out is always open. There
/// is no debt, no collateral and no calldata that its caller could choose. What counts is what
/// balances did, never what a venue says it did.
interface ITreasuryAdapter {
    /// @notice Money was placed, and `shares` came for it: a vault's, or scaled units of an aToken.
    event Deployed(
        address indexed venue,
        address indexed asset,
        bytes32 indexed ref,
        uint256 assets,
        uint256 shares
    );

    /// @notice Money came back to the treasury for `shares`; `rest` of what was asked for is not
    /// available now and is still there.
    event Withdrawn(
        address indexed venue,
        address indexed asset,
        bytes32 indexed ref,
        uint256 assets,
        uint256 shares,
        uint256 rest
    );

    /// @notice `sold` of `asset` became `received` of `bought`, in the treasury.
    event Swapped(
        address indexed venue,
        address indexed asset,
        bytes32 indexed ref,
        uint256 sold,
        address bought,
        uint256 received
    );

    /// @notice Money that lay here without a reason went to the treasury.
    event Swept(address indexed asset, bytes32 indexed ref, uint256 amount);

    /// @notice The venue is allowed, with these terms; if it was closed, it is open again.
    event VenueSet(address indexed venue, address indexed asset, Venue terms);

    /// @notice More may be placed.
    event CapRaised(address indexed venue, uint256 cap);

    /// @notice Less may be placed.
    event CapLowered(address indexed venue, uint256 cap);

    /// @notice Nothing goes in any more.
    event VenueClosed(address indexed venue);

    /// @notice No venue that was ever allowed, or one of another kind than the call needs.
    error VenueUnknown(address venue, VenueKind kind);

    /// @notice The venue was closed.
    error VenueNotOpen(address venue);

    /// @notice The venue is not what its terms say; `found` stands where `expected` should.
    error VenueMismatch(address venue, address expected, address found);

    /// @notice The terms leave something open, or say what this kind of venue does not have.
    error TermsInvalid(address venue);

    /// @notice A venue once allowed keeps kind and asset.
    error TermsFixed(address venue);

    /// @notice More than the cap would be there.
    error CapExceeded(address venue, uint256 exposure, uint256 cap);

    /// @notice To raise, the new cap must be above the old one.
    error CapNotRaised(uint256 cap, uint256 asked);

    /// @notice To lower, the new cap must be below the old one.
    error CapNotLowered(uint256 cap, uint256 asked);

    /// @notice The venue accepts less at this moment.
    error VenueRefuses(address venue, uint256 assets, uint256 accepted);

    /// @notice A vault this empty is too easily turned against its next depositor.
    error SupplyTooSmall(address vault, uint256 supply, uint256 floor);

    /// @notice A balance did not move by what was paid: a token that takes fees or rebases, or a
    /// venue that took less or more than it was given.
    error UnexpectedBalance(address asset, address account, uint256 expected, uint256 found);

    /// @notice Fewer shares than asked for.
    error TooFewShares(uint256 shares, uint256 sharesMin);

    /// @notice More shares would be burned than allowed.
    error TooManyShares(uint256 shares, uint256 sharesMax);

    /// @notice Less arrived than must.
    error TooLittleReceived(address asset, uint256 received, uint256 min);

    /// @notice What was placed is worth less than the venue's slippage allows.
    error TooLittleValue(address venue, uint256 value, uint256 min);

    /// @notice Nothing can be taken out at this moment.
    error NothingAvailable(address venue);

    /// @notice An amount of zero.
    error AmountMissing();

    /// @notice A reference of zero.
    error ReferenceMissing();

    /// @notice The reference was used before.
    error ReferenceUsed(bytes32 ref);

    /// @notice The pool does not trade this asset.
    error NotTraded(address pool, address asset);

    /// @notice Too late.
    error DeadlinePassed(uint256 deadline, uint256 time);

    /// @notice A venue's shares leave by `withdraw`.
    error IsPosition(address asset);

    /// @notice The address has no code.
    error NotAContract(address account);

    /// @notice The feed's answer is too old, or of the future, or there is none.
    error FeedStale(address aggregator, uint256 updatedAt, uint256 ageSecondsMax);

    /// @notice The feed's answer is outside of what is believed.
    error FeedOutOfBand(address aggregator, int256 answer, uint256 min, uint256 max);

    /// @notice The feed tells prices in other digits than the band was written for.
    error FeedDecimals(address aggregator, uint8 expected, uint8 found);

    /// @notice The layer 2 is down, or not up for long enough.
    error SequencerDown(address feed, int256 answer, uint256 since, uint256 graceSeconds);

    /// @notice The pool remembers less than the window.
    error WindowNotCovered(address pool, uint256 coveredSeconds, uint256 windowSeconds);

    /// @notice The pool's price was moved away from its average.
    error SpotOffAverage(address pool, int24 spot, int24 average, uint24 deviationTicksMax);

    /// @notice The pool's average and the feeds disagree.
    error AverageOffFeeds(address pool, uint256 byAverage, uint256 byFeeds, uint16 deviationBpsMax);

    /// @notice Place money of the treasury, which has allowed this contract to take it.
    /// Restricted (TREASURY).
    /// @param sharesMin Fewest shares (AaveV3: scaled units) that must come for it.
    /// @param ref UETR (16 bytes), then ledger entry id (16 bytes); once.
    function deposit(address venue, uint256 assets, uint256 sharesMin, bytes32 ref)
        external
        returns (uint256 shares);

    /// @notice Take money out, back to the treasury: as much of it as is available, and the event
    /// tells the rest. Works under pause and when the venue is closed. Restricted (TREASURY).
    /// @param assets How much; the greatest number means all.
    /// @param assetsMin Least that must arrive.
    /// @param sharesMax Most shares that may be burned.
    /// @param ref As for `deposit`.
    function withdraw(
        address venue,
        uint256 assets,
        uint256 assetsMin,
        uint256 sharesMax,
        bytes32 ref
    ) external returns (uint256 received);

    /// @notice Change one asset of the treasury into another, through a pool whose price is
    /// believed. Restricted (TREASURY).
    /// @param sold Which of the pool's two assets is given.
    /// @param receivedMin Least that must arrive; the guard's own least holds besides.
    /// @param ref As for `deposit`.
    function swap(
        address venue,
        address sold,
        uint256 amount,
        uint256 receivedMin,
        uint256 deadline,
        bytes32 ref
    ) external returns (uint256 received);

    /// @notice Send what lies here without a reason to the treasury. Restricted (TREASURY).
    function sweep(address asset, bytes32 ref) external returns (uint256 amount);

    /// @notice Allow a venue, or change its terms. Restricted (LIMITS, delayed).
    function setVenue(address venue, Venue calldata terms) external;

    /// @notice Allow more. Restricted (LIMITS, delayed).
    function raiseCap(address venue, uint128 cap) external;

    /// @notice Allow less, at once. Restricted (GUARDIAN).
    function lowerCap(address venue, uint128 cap) external;

    /// @notice Let nothing in any more; only `setVenue` undoes it. Restricted (GUARDIAN).
    function closeVenue(address venue) external;

    /// @notice Stop `deposit` and `swap` everywhere, at once. Restricted (GUARDIAN).
    function pause() external;

    /// @notice Let money in again. Restricted (ADMIN).
    function unpause() external;

    /// @notice Where money comes from and goes back to.
    function treasury() external view returns (address);

    /// @notice The terms of a venue; kind `None` when it was never allowed.
    function venueOf(address venue) external view returns (Venue memory);

    /// @notice Whether money may go in, the pause aside.
    function isOpen(address venue) external view returns (bool);

    /// @notice What counts against the cap: the greater of what was placed and not returned, and
    /// what the venue says it is worth. So no venue can ever lose more than its cap. UniswapV3:
    /// what was changed and is not refilled yet.
    function exposure(address venue) external view returns (uint256);

    /// @notice What is held in a venue: shares (AaveV3: scaled units), and their worth by its word.
    function position(address venue) external view returns (uint256 shares, uint256 assets);

    /// @notice The most that `deposit` accepts at this moment.
    function depositable(address venue) external view returns (uint256);

    /// @notice The most that `withdraw` brings at this moment, by the venue's word.
    function withdrawable(address venue) external view returns (uint256);

    /// @notice What a swap should bring by the feeds and what it must; refuses as `swap` does.
    function quote(address venue, address sold, uint256 amount)
        external
        view
        returns (uint256 byFeeds, uint256 receivedMin);

    /// @notice Whether a movement used this reference.
    function isReferenceUsed(bytes32 ref) external view returns (bool);
}
