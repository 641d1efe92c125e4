"""Who may do what: roles are names for sets of permissions.

In: the roles of a signed-in person or client. Out: yes, or a refusal that names what is missing.
Called by: api and console before they call a service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from node.core.errors import Rejected


class Permission(StrEnum):
    """One thing a surface lets a caller do."""

    READ = "read"  # everything the node shows
    INSTRUCT = "instruct"  # issue, redeem, transfer
    UPLOAD = "upload"  # bank files
    ONBOARD = "onboard"  # customers' wallets, accounts at correspondents
    OPERATE = "operate"  # calls that wait: raise, cancel, resume
    RECONCILE = "reconcile"  # breaks: give them away, write to them, match, write off
    ACCEPT = "accept"  # ask that a difference stays, which no rule and no money ends
    APPROVE = "approve"  # the second pair of eyes
    AUDIT = "audit"  # the trail itself


class Role(StrEnum):
    """What a person or a client is to the bank."""

    TREASURER = "treasurer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    PARTNER = "partner"
    SERVICE = "service"


_ALLOWED: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.TREASURER: frozenset(
        {
            Permission.READ,
            Permission.INSTRUCT,
            Permission.UPLOAD,
            Permission.ONBOARD,
            Permission.OPERATE,
            Permission.RECONCILE,
            Permission.ACCEPT,
        }
    ),
    Role.APPROVER: frozenset({Permission.READ, Permission.APPROVE}),
    Role.AUDITOR: frozenset({Permission.READ, Permission.AUDIT}),
    Role.PARTNER: frozenset({Permission.READ, Permission.INSTRUCT}),
    Role.SERVICE: frozenset({Permission.READ, Permission.INSTRUCT, Permission.UPLOAD}),
}


class Forbidden(Rejected):
    """The caller is known and may not do this."""

    code = "FORBIDDEN"
    status = 403
    title = "Not allowed"


def allows(role: Role, permission: Permission) -> bool:
    """Whether the role includes the permission."""
    return permission in _ALLOWED[role]


def require(roles: Iterable[Role], permission: Permission) -> None:
    """Raise `Forbidden` unless one of the roles includes the permission."""
    held = list(roles)
    if not any(allows(role, permission) for role in held):
        able = ", ".join(role for role in Role if allows(role, permission))
        raise Forbidden(
            f"{', '.join(held) or 'a caller without role'} may not {permission}",
            remedy=f"Ask someone who is one of: {able}.",
        )
