"""Numbers for Prometheus: what each stage does, and where the node stands.

In: what runs and what can be asked. Out: a registry of its own, so that two nodes in one process do
not mix. Called by: jobs (counts), app (what is asked when somebody looks), web (serves it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

Standing = Callable[[], Mapping[str, int]]
# Of each endpoint by its name: numbers by theirs.
Endpoints = Callable[[], Mapping[str, Mapping[str, int]]]


class Metrics:
    """The node's numbers; units stand last in each name."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._runs = Counter(
            "concord_stage_runs", "Runs of a stage.", ["stage"], registry=self.registry
        )
        self._rows = Counter(
            "concord_stage_rows", "Rows a stage handled.", ["stage"], registry=self.registry
        )
        self._failures = Counter(
            "concord_stage_failures",
            "Runs of a stage that ended in an error.",
            ["stage", "code"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "concord_stage_run_seconds", "Time of one run.", ["stage"], registry=self.registry
        )
        self._halted = Gauge(
            "concord_stage_halted", "1 while a stage halts.", ["stage"], registry=self.registry
        )
        self._leads = Gauge(
            "concord_leads", "1 while this process does the work.", registry=self.registry
        )

    def ran(self, stage: str, *, rows: int, seconds: float) -> None:
        """A run ended well."""
        self._runs.labels(stage).inc()
        self._rows.labels(stage).inc(rows)
        self._seconds.labels(stage).observe(seconds)

    def failed(self, stage: str, code: str) -> None:
        """A run ended in an error."""
        self._failures.labels(stage, code).inc()

    def halted(self, stage: str, *, is_halted: bool) -> None:
        """Whether a stage stands still."""
        self._halted.labels(stage).set(int(is_halted))

    def leads(self, *, is_leader: bool) -> None:
        """Whether this process does the work."""
        self._leads.set(int(is_leader))

    def stand(self, ask: Standing) -> None:
        """Ask where the node stands whenever somebody looks; names and whole numbers."""
        self.registry.register(_Standing(ask))

    def ask_endpoints(self, ask: Endpoints) -> None:
        """Ask how the endpoints of the chain do whenever somebody looks."""
        self.registry.register(_Endpoints(ask))


class _Standing(Collector):
    """Gauges that are read at the moment they are asked for."""

    def __init__(self, ask: Standing) -> None:
        self._ask = ask

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()  # else registering would ask at once

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, value in self._ask().items():
            yield GaugeMetricFamily(f"concord_{name}", name.replace("_", " "), value=value)


class _Endpoints(Collector):
    """The same of each endpoint of the chain."""

    def __init__(self, ask: Endpoints) -> None:
        self._ask = ask

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for endpoint, numbers in self._ask().items():
            for name, value in numbers.items():
                if name not in families:
                    families[name] = GaugeMetricFamily(
                        f"concord_endpoint_{name}", name.replace("_", " "), labels=["endpoint"]
                    )
                families[name].add_metric([endpoint], value)
        return families.values()
