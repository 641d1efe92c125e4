"""The composition root: from settings to a whole node, with every part given what it needs.

In: `Settings`, someone who hears what is going on. Out: `Node`. Called by: cli, demo, tests.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Engine

from node.api.app import create_api
from node.chain.deployments import Deployment
from node.chain.embedded import EmbeddedChain
from node.chain.finality import EMBEDDED_CHAIN_ID, policy_for
from node.chain.heads import Heads
from node.chain.rpc import Rpc
from node.checks import Doctor
from node.console.app import create_console
from node.control.limits import Limits
from node.core.clock import Clock, SystemClock
from node.events.proof import Mode
from node.ground import (
    Ground,
    Progress,
    SettingRefused,
    check_together,
    embedded_ground,
    kept_secret,
    open_database,
    remote_ground,
)
from node.handles import endpoints, services_of, standing
from node.jobs import process
from node.jobs.leadership import Leadership
from node.jobs.runner import Runner, Step
from node.jobs.schedule import Schedule
from node.metrics import Metrics
from node.pipeline import Parts, steps
from node.reconciliation.verdict import Tolerance
from node.services import Services
from node.settings import PREFIX, Settings, unknown_variables
from node.settlement.desk import Desk
from node.settlement.onboarding import Onboarding
from node.settlement.signing import own_policy
from node.submission.fees import AboveCap, FeeMode, FeePolicy
from node.submission.keyring import NamedSigner, custody
from node.submission.policy import PolicedSigner, read_policy
from node.submission.signer import KeystoreSigner
from node.web import Server, Web, listen, metrics_served, url_of

ROUNDS_MAX: Final = 200


@dataclass(frozen=True)
class Node:
    """Everything that runs, and the handles to it."""

    settings: Settings
    engine: Engine
    clock: Clock
    rpc: Rpc
    chain: EmbeddedChain | None
    signer: NamedSigner
    deployment: Deployment
    desk: Desk
    onboarding: Onboarding
    services: Services
    stages: tuple[Step, ...]
    metrics: Metrics
    runner: Runner

    def drive(self, max_rounds: int = ROUNDS_MAX, *, to_final: bool = False) -> int:
        """Run the stages until all are idle, without a clock; gives the rows they handled.

        With `to_final` the chain inside the node mines on until nothing waits for a block. Raises
        what a stage fails with, `NotLeader` while another process runs the stages.
        """
        rows = self.runner.drive(max_rounds)
        while to_final and self._heartbeat():
            rows += self.runner.drive(max_rounds)
        return rows

    def web(self) -> Web:
        """API and console as one application."""
        return Web(create_api(self.services), create_console(self.services))

    def close(self) -> None:
        """Let go of lease, chain and database."""
        self.runner.stop()
        self.runner.release()
        if self.chain is not None:
            self.chain.close()
        self.engine.dispose()

    def _heartbeat(self) -> bool:
        if self.chain is None:
            return False
        before = self.chain.height
        self.chain.heartbeat()
        return self.chain.height > before


def load_settings(**given: Any) -> Settings:  # noqa: ANN401 - any field of Settings
    """Settings of the environment, and what the command line says. Raises `SettingRefused`."""
    unknown = unknown_variables(os.environ)
    if unknown:
        raise SettingRefused(
            f"there is no setting {unknown[0]}",
            remedy="Correct its name or unset it; docs/operations.md lists every setting.",
        )
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingRefused(
            "\n".join(_fault(each) for each in error.errors(include_url=False)),
            remedy="docs/operations.md describes every setting.",
        ) from error


def build(
    settings: Settings,
    *,
    progress: Progress = lambda _: None,
    currencies: Sequence[str] = (),
    clock: Clock | None = None,
) -> Node:
    """Open and compose a node. `currencies` get a token each on a chain that begins here.

    Raises what is wrong with settings, database, chain, contracts or keys; nothing stays open then.
    """
    with ExitStack() as opened:
        progress("Opening the database")
        engine = open_database(settings.database)
        opened.callback(engine.dispose)
        progress("Opening the chain")
        ground = _ground(settings, currencies, progress)
        if ground.chain is not None:
            opened.callback(ground.chain.close)
        check_together(engine, ground)
        node = _composed(settings, engine, ground, clock or SystemClock())
        opened.pop_all()
    return node


def serve(
    node: Node, *, on_ready: Callable[[str], None], listener: socket.socket | None = None
) -> None:
    """Run the stages on the clock and serve, until SIGINT or SIGTERM; call in the main thread.

    Raises `PortTaken`, and `ChainInUse` where another process runs the chain inside the node.
    """
    settings = node.settings
    host, port = settings.host, settings.port
    jobs = {}
    if node.chain is not None:
        node.chain.refuse_reader()
        jobs["heartbeat"] = node.chain.heartbeat
    web = node.web()
    schedule = Schedule(node.runner, seconds=settings.tick_seconds, jobs=jobs)
    heads = Heads(settings.rpc_ws_urls, chain_id=node.deployment.chain_id, wake=schedule.wake)

    def stop() -> None:
        web.end_streams()
        node.runner.stop()

    with (
        listener or listen(host, port) as taken,
        metrics_served(node.metrics.registry, host, settings.metrics_port),
    ):
        server = Server(web, on_ready=lambda: on_ready(url_of(host, port)), on_stop=stop)
        schedule.start()
        heads.start()
        try:
            server.carry(taken)
        finally:
            heads.stop()
            schedule.stop()


def _ground(settings: Settings, currencies: Sequence[str], progress: Progress) -> Ground:
    given = settings.keystore_password.get_secret_value()
    if not settings.embedded:
        return remote_ground(
            settings.rpc_urls,
            settings.chain_id or 0,
            deployments=settings.deployments,
            plan_file=settings.deployment_plan,
            signer=_keys(settings),
        )
    if settings.chain_id not in (None, EMBEDDED_CHAIN_ID):
        raise SettingRefused(
            f"{PREFIX}CHAIN_ID is {settings.chain_id}, but no {PREFIX}RPC_URLS lead to that chain",
            remedy=f"Set {PREFIX}RPC_URLS, or unset {PREFIX}CHAIN_ID.",
        )
    password = settings.data_folder / "keystore.password"
    return embedded_ground(
        settings.chain_file,
        deployments=settings.deployments,
        keys=lambda: KeystoreSigner(settings.keys, kept_secret(password, given=given)),
        currencies=currencies,
        progress=progress,
    )


def _keys(settings: Settings) -> NamedSigner:
    if settings.keys_elsewhere:
        url, names = settings.web3signer_url, settings.signer_addresses
        return custody(url, settings.kms_keys, names)
    return KeystoreSigner(settings.keys, settings.keystore_password.get_secret_value())


def _fees(settings: Settings) -> FeePolicy:
    return FeePolicy(
        mode=FeeMode(settings.fee_mode), percentile=settings.fee_percentile,
        fixed_wei=settings.fee_fixed_wei, fee_wei_cap=settings.fee_cap_wei,
        tip_wei_min=settings.fee_tip_min_wei, day_wei_max=settings.fee_day_max_wei,
        above_cap=AboveCap(settings.fee_above_cap), bump_after_blocks=settings.bump_after_blocks,
    )  # fmt: skip


def _composed(settings: Settings, engine: Engine, ground: Ground, clock: Clock) -> Node:
    policy = policy_for(
        ground.deployment.chain_id,
        confirmations=settings.confirmations,
        final_depth=settings.final_depth,
        tag=settings.finality_tag,
        instant=settings.instant_finality,
    )
    signer = ground.signer
    desk = _desk(ground)
    tolerance = Tolerance(settings.fee_tolerance)
    mode = Mode(settings.logs_mode)
    rules = read_policy(settings.signing_policy) if settings.signing_policy else own_policy(desk)
    parts = Parts(
        engine, clock, ground.rpc, policy, desk, PolicedSigner(signer, rules), tolerance, mode,
        _fees(settings), settings.attempts_max, settings.quorum, settings.rescan_blocks,
        settings.rescan_seconds,
    )  # fmt: skip
    leadership = Leadership(engine, process.own_name())
    metrics = Metrics()
    stages = steps(parts, leadership.check)
    services = services_of(
        parts,
        Doctor(parts, ground.plan, embedded=settings.embedded),
        limits=Limits(settings.amount_max, settings.amount_max_by_currency),
        write_off_max=settings.write_off_max,
        demo=settings.is_demo,
        token_secret=kept_secret(
            settings.data_folder / "token.secret", given=settings.token_secret.get_secret_value()
        ),
    )
    metrics.stand(lambda: standing(services))
    metrics.ask_endpoints(lambda: endpoints(parts.rpc))
    return Node(
        settings=settings,
        engine=engine,
        clock=clock,
        rpc=ground.rpc,
        chain=ground.chain,
        signer=signer,
        deployment=ground.deployment,
        desk=desk,
        onboarding=services.onboarding,
        services=services,
        stages=stages,
        metrics=metrics,
        runner=Runner(stages, engine=engine, leadership=leadership, metrics=metrics, clock=clock),
    )


def _desk(ground: Ground) -> Desk:
    labels = ("issuer", "attestor", "compliance", "funder", "settler")
    held = {label: ground.signer.address(label) for label in labels}
    return Desk(deployment=ground.deployment, **held)


def _fault(error: Mapping[str, Any]) -> str:
    place = [str(part) for part in error["loc"]]
    what = str(error["msg"]).removeprefix("Value error, ")
    return f"{PREFIX}{place[0].upper()}: {what}" if place else what
