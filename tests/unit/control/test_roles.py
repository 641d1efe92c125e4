"""Who may do what: the table of roles, denied where it says nothing.

In: every role and permission. Run by pytest.
"""

import pytest

from node.control.roles import Forbidden, Permission, Role, allows, require

ALLOWED = {
    Role.TREASURER: {
        Permission.READ, Permission.INSTRUCT, Permission.UPLOAD, Permission.ONBOARD,
        Permission.OPERATE, Permission.RECONCILE, Permission.ACCEPT,
    },
    Role.APPROVER: {Permission.READ, Permission.APPROVE},
    Role.AUDITOR: {Permission.READ, Permission.AUDIT},
    Role.PARTNER: {Permission.READ, Permission.INSTRUCT},
    Role.SERVICE: {Permission.READ, Permission.INSTRUCT, Permission.UPLOAD},
}  # fmt: skip
DENIED = [
    (role, permission) for role in Role for permission in Permission
    if permission not in ALLOWED.get(role, set())
]  # fmt: skip
GRANTED = [(role, permission) for role, held in ALLOWED.items() for permission in sorted(held)]


@pytest.mark.parametrize("permission", Permission)
def test_without_a_role_nothing_is_allowed(permission: Permission) -> None:
    with pytest.raises(Forbidden, match="a caller without role"):
        require([], permission)


@pytest.mark.parametrize(("role", "permission"), DENIED)
def test_what_the_table_does_not_grant_is_denied(role: Role, permission: Permission) -> None:
    assert not allows(role, permission)
    with pytest.raises(Forbidden) as caught:
        require([role], permission)
    assert (caught.value.status, caught.value.code) == (403, "FORBIDDEN")


@pytest.mark.parametrize(("role", "permission"), GRANTED)
def test_what_the_table_grants_is_allowed(role: Role, permission: Permission) -> None:
    require([role], permission)


def test_one_role_of_several_is_enough() -> None:
    require([Role.AUDITOR, Role.TREASURER], Permission.UPLOAD)


def test_nobody_may_both_instruct_and_approve() -> None:
    both = {Permission.INSTRUCT, Permission.APPROVE}
    assert [role for role in Role if all(allows(role, each) for each in both)] == []


def test_a_refusal_says_whom_to_ask() -> None:
    with pytest.raises(Forbidden) as caught:
        require([Role.AUDITOR], Permission.APPROVE)
    assert caught.value.remedy == "Ask someone who is one of: approver."
