// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITreasuryAdapter, Venue, VenueKind} from "../interfaces/ITreasuryAdapter.sol";
import {AaveVenue} from "./AaveVenue.sol";
import {SwapVenue} from "./SwapVenue.sol";
import {VaultVenue} from "./VaultVenue.sol";

/// @title The same questions to every kind of venue that keeps money
library Positions {
    uint256 private constant BPS = 10_000;

    /// @notice Refuse terms that do not fit the venue.
    function check(address venue, Venue memory terms) internal view {
        if (terms.slippageBpsMax >= BPS) revert ITreasuryAdapter.TermsInvalid(venue);
        if (terms.kind == VenueKind.UniswapV3) return SwapVenue.check(venue, terms);
        // The guard of such a venue is never asked.
        if (terms.other != address(0) || terms.guard.windowSeconds != 0) {
            revert ITreasuryAdapter.TermsInvalid(venue);
        }
        if (terms.kind == VenueKind.ERC4626) return VaultVenue.check(venue, terms);
        if (terms.kind == VenueKind.AaveV3) return AaveVenue.check(venue, terms);
        revert ITreasuryAdapter.VenueUnknown(venue, terms.kind);
    }

    /// @notice Place money that lies in this contract.
    function put(address venue, Venue storage terms, uint256 assets) internal {
        bool isVault = _isVault(venue, terms);
        if (isVault) VaultVenue.requireFilled(venue, terms.supplyFloor);
        uint256 room = roomIn(venue, terms);
        if (assets > room) revert ITreasuryAdapter.VenueRefuses(venue, assets, room);
        isVault ? VaultVenue.put(venue, terms, assets) : AaveVenue.put(venue, terms, assets);
    }

    /// @notice Take out what is available of `assets`; the greatest number means all.
    function take(address venue, Venue storage terms, uint256 assets, address to) internal {
        _isVault(venue, terms)
            ? VaultVenue.take(venue, assets, to)
            : AaveVenue.take(venue, terms, assets, to);
    }

    /// @notice What this contract has there, in units that interest does not change, and what the
    /// venue says that it is worth.
    function heldIn(address venue, Venue storage terms)
        internal
        view
        returns (uint256 shares, uint256 worth)
    {
        return _isVault(venue, terms) ? VaultVenue.heldIn(venue) : AaveVenue.heldIn(venue);
    }

    /// @notice How much more the venue accepts.
    function roomIn(address venue, Venue storage terms) internal view returns (uint256) {
        return _isVault(venue, terms)
            ? VaultVenue.roomIn(venue, terms)
            : AaveVenue.roomIn(venue, terms);
    }

    /// @notice How much of it the venue can pay.
    function availableIn(address venue, Venue storage terms) internal view returns (uint256) {
        return _isVault(venue, terms)
            ? VaultVenue.availableIn(venue)
            : AaveVenue.availableIn(venue, terms);
    }

    function _isVault(address venue, Venue storage terms) private view returns (bool) {
        VenueKind kind = terms.kind;
        if (kind == VenueKind.ERC4626) return true;
        if (kind == VenueKind.AaveV3) return false;
        revert ITreasuryAdapter.VenueUnknown(venue, kind);
    }
}
