"""A certificate proves itself: whatever is changed in its file is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from node.control.approvals import Decision
from node.days.certificate import CertificateWrong, as_file, certificate_of, verify
from node.days.service import Days
from tests.support.recon_cases import CHECKER, MAKER
from tests.support.recon_records import TODAY

Told = dict[str, Any]


@pytest.fixture
def told(days: Days) -> Told:
    question = days.ask(TODAY, reason="r", by=MAKER)
    days.decide(question.id, Decision.APPROVED, by=CHECKER, shown=question.shown)
    found = days.signed(TODAY)
    at = found.signed_at.isoformat()
    read: Told = json.loads(as_file(found.certificate, found.made_by, found.signed_by, at))
    return read


def again(told: Told) -> str:
    """The file with a root that fits, as a forger would write it."""
    return json.dumps(told | {"root": certificate_of(told["certificate"]).root})


def test_every_word_is_under_the_root(told: Told) -> None:
    verify(json.dumps(told))
    for name in told["certificate"]:
        changed = json.loads(json.dumps(told))
        changed["certificate"][name] = "another"
        with pytest.raises(CertificateWrong):
            verify(json.dumps(changed))


FORGERIES: dict[str, Callable[[Told], object]] = {
    "a break less": lambda c: c["breaks"].clear(),
    "a smaller break": lambda c: c["breaks"][0].update(effect_bank=-19),
    "a break elsewhere": lambda c: c["breaks"][0].update(accounts={"NOSTRO:EUR:x": -20}),
    "richer books": lambda c: c["accounts"][0].update(books=1300),
    "a better statement": lambda c: c["accounts"][0].update(statement=1200),
    "fewer open items": lambda c: c["accounts"][0].update(open_items=0, statement=1200),
    "more on the chain": lambda c: c["currencies"][0].update(chain=1300),
    "less at the bank": lambda c: c["currencies"][0].update(statements=1000),
    "a later version": lambda c: c.update(version=2),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_sums_that_do_not_fit_are_found_under_a_root_that_does(
    told: Told, forge: Callable[[Told], object]
) -> None:
    forge(told["certificate"])
    with pytest.raises(CertificateWrong) as caught:
        verify(again(told))
    assert caught.value.code == "CERTIFICATE_WRONG"
    assert caught.value.remedy


def test_one_person_is_not_two(told: Told) -> None:
    told["signatures"]["signed_by"] = told["signatures"]["made_by"]
    with pytest.raises(CertificateWrong, match="twice"):
        verify(json.dumps(told))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"certificate": {}}', "\x00"])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(CertificateWrong):
        verify(text)
