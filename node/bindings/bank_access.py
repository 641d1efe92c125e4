"""BankAccess: who may call what. It moves no money; its events are the evidence of every right.

In: nothing. Out: `RULES`. Called by: the rulebook of all bindings.
"""

from __future__ import annotations

from typing import Final

from node.posting.rule import silent

_CONTRACT: Final = "BankAccess"
_RIGHTS: Final = "rights changed, no money moved"
_DELAYED: Final = "a delayed operation was planned, run or dropped; what it does has its own event"

RULES: Final = (
    *(
        silent(_CONTRACT, name, _RIGHTS)
        for name in (
            "RoleAdminChanged",
            "RoleGrantDelayChanged",
            "RoleGranted",
            "RoleGuardianChanged",
            "RoleLabel",
            "RoleRevoked",
            "TargetAdminDelayUpdated",
            "TargetClosed",
            "TargetFunctionRoleUpdated",
        )
    ),
    *(
        silent(_CONTRACT, name, _DELAYED)
        for name in ("OperationCanceled", "OperationExecuted", "OperationScheduled")
    ),
)
