"""What was not run is told by line; an exemption needs a reason, and a line that needs it."""

from __future__ import annotations

from scripts.proofs import coverage, lcov
from scripts.proofs.coverage import Exemption
from scripts.proofs.lcov import Source

PATH = "contracts/token/Gate.sol"
TEXTS = {PATH: ["first();", "second();", "if (third) revert();"]}
REPORT = f"""TN:
SF:{PATH}
DA:1,5
DA:2,{{second}}
DA:3,1
BRDA:3,0,0,{{third}}
end_of_record
"""


def measured(second: int = 1, third: str = "1") -> dict[str, Source]:
    return lcov.parse(REPORT.format(second=second, third=third))


def test_a_line_or_a_branch_that_was_not_run_is_named() -> None:
    assert coverage.judge(measured(), [], TEXTS).proved
    told = coverage.judge(measured(second=0), [], TEXTS).failures
    assert told == (f"{PATH}: below 98 %, not run: 2",)
    for never in ("0", "-"):
        told = coverage.judge(measured(third=never), [], TEXTS).failures
        assert told == (f"{PATH}: below 98 %, not run: 3",)


def test_a_contract_that_was_not_measured_is_named() -> None:
    told = coverage.judge({}, [], TEXTS).failures
    assert told == (f"{PATH}: forge did not measure it",)
    assert coverage.judge({}, [Exemption(PATH, "", "nothing to measure")], TEXTS).proved


def test_an_exemption_excuses_its_line() -> None:
    exempt = [Exemption(PATH, "second();", "cannot happen")]
    assert coverage.judge(measured(second=0), exempt, TEXTS).proved


def test_an_exemption_is_needed_and_reasoned() -> None:
    needless = f"{PATH}: needless or unreasoned exemption 'second();'"
    for source, reason in ((measured(), "cannot happen"), (measured(second=0), "")):
        verdict = coverage.judge(source, [Exemption(PATH, "second();", reason)], TEXTS)
        assert verdict.failures == (needless,)
    gone = Exemption("contracts/Gone.sol", "", "nothing to measure")
    assert not coverage.judge(measured(), [gone], TEXTS).proved


def test_the_percentages_are_of_all_contracts() -> None:
    verdict = coverage.judge(measured(second=0), [], TEXTS)
    assert verdict.figures.startswith("66.7 % of lines, 100.0 % of branches in 1 contract files")


def test_the_exemptions_name_contracts_that_are_there() -> None:
    contracts = coverage.read_contracts()
    for each in coverage.read_exemptions(coverage.EXEMPTIONS):
        lines = [line.strip() for line in contracts[each.path]]
        assert each.reason
        assert not each.line or each.line in lines
