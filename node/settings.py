"""What an operator may choose, read from variables that begin with CONCORD_.

In: the environment. Out: `Settings`, whole and sound, or pydantic's `ValidationError`.
Called by: app and cli alone; everything else is given its values. docs/operations.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX: Final = "CONCORD_"
SECRET_LENGTH_MIN: Final = 32
_URL: Final = TypeAdapter(HttpUrl)


def _words(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _pairs(value: object) -> object:
    if not isinstance(value, str):
        return value
    pairs = [word.partition("=") for word in value.replace(",", " ").split()]
    if any(not equals for _, equals, _ in pairs):
        raise ValueError("write NAME=VALUE, separated by commas")
    return {name: value for name, _, value in pairs}


def _http_url(text: str) -> str:
    _URL.validate_python(text)
    return text


def _optional_url(text: str) -> str:
    return _http_url(text) if text else text


_DATABASE: Final = r"^((sqlite|postgresql(\+psycopg)?)://.+)?$"
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}(\.[0-9]{1,6})?$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Wallet = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]
Endpoint = Annotated[str, AfterValidator(_http_url)]
HeadsEndpoint = Annotated[str, StringConstraints(pattern=r"^wss?://[^/\s]+\S*$")]


class Settings(BaseSettings):
    """One node. Without any variable set it is a demo: chain, database and keys in `var/`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid"
    )

    data_folder: Path = Field(
        default=Path("var"), description="Where the node keeps files of its own."
    )
    database_url: str = Field(
        default="",
        pattern=_DATABASE,
        description="Database: postgresql://… or sqlite:///…; empty is a SQLite file in the data"
        " folder.",
    )
    rpc_urls: Annotated[tuple[Endpoint, ...], NoDecode, BeforeValidator(_words)] = Field(
        default=(),
        description="Endpoints of the chain, separated by commas, asked in that order; empty is"
        " the chain inside the node.",
    )
    chain_id: int | None = Field(
        default=None, ge=1, lt=2**63, description="The chain the endpoints must serve."
    )
    rpc_ws_urls: Annotated[tuple[HeadsEndpoint, ...], NoDecode, BeforeValidator(_words)] = Field(
        default=(),
        description="WebSocket endpoints of the chain that tell of new blocks, so that none waits"
        " for a tick; empty is polling.",
    )
    rpc_quorum: int | None = Field(
        default=None,
        ge=1,
        le=16,
        description="How many endpoints must see a block and its logs before it is final; empty is"
        " 2, or 1 with a single endpoint.",
    )
    rescan_blocks: int = Field(
        default=256,
        ge=0,
        le=10_000,
        description="How many of the newest final blocks are read again now and then; 0 is none.",
    )
    rescan_seconds: int = Field(
        default=600, ge=10, le=86_400, description="How often they are read again."
    )
    confirmations: int | None = Field(
        default=None, ge=0, le=100_000, description="Blocks on top until a block is confirmed."
    )
    final_depth: int | None = Field(
        default=None, ge=0, le=100_000, description="Blocks on top until a block is final."
    )
    finality_tag: Literal["finalized", "safe"] | None = Field(
        default=None, description="The chain's own tag for final blocks."
    )
    instant_finality: bool = Field(
        default=False, description="Every block is final at once, as under QBFT or IBFT."
    )
    logs_mode: Literal["proven", "fast"] = Field(
        default="proven",
        description="Whether logs are proved to be all of a block's by the root of its receipts;"
        " `fast` believes the endpoint.",
    )
    deployments_folder: Path | None = Field(
        default=None,
        description="Records of what is deployed, one file per chain; empty is `deployments`, or a"
        " folder of the data folder for the chain inside the node.",
    )
    deployment_plan: Path | None = Field(
        default=None,
        description="The plan the contracts were deployed from; with it the doctor compares every"
        " right on the chain.",
    )
    keystore_folder: Path | None = Field(
        default=None, description="Encrypted key files; empty is `keys` in the data folder."
    )
    keystore_password: SecretStr = Field(
        default=SecretStr(""),
        description="Opens the key files; a demo makes its own and keeps it in the data folder.",
    )
    web3signer_url: Annotated[str, AfterValidator(_optional_url)] = Field(
        default="", description="A Web3Signer (eth1 mode) that holds the keys."
    )
    kms_keys: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = Field(
        default=(), description="Keys in AWS KMS, by id or ARN, separated by commas."
    )
    signer_addresses: Annotated[dict[str, Wallet], NoDecode, BeforeValidator(_pairs)] = Field(
        default_factory=dict,
        description="Whose key is which where keys are held elsewhere: `issuer=0x…,funder=0x…`.",
    )
    signing_policy: Path | None = Field(
        default=None,
        description="What each key may sign (TOML); required where keys are held elsewhere.",
    )
    fee_mode: Literal["market", "legacy", "fixed"] = Field(
        default="market", description="How the price of gas is found."
    )
    fee_percentile: int = Field(
        default=50, ge=1, le=99, description="Of the tips of recent blocks, which is offered."
    )
    fee_fixed_wei: int = Field(
        default=0, ge=0, description="The price of gas under `fixed`; 0 where gas is free."
    )
    fee_cap_wei: int = Field(
        default=500 * 10**9, ge=0, description="The most that is ever offered for a unit of gas."
    )
    fee_tip_min_wei: int = Field(default=10**9, ge=0, description="The least tip that is offered.")
    fee_day_max_wei: int | None = Field(
        default=None, ge=0, description="The most that all signed on one day may cost."
    )
    fee_above_cap: Literal["wait", "quarantine"] = Field(
        default="wait", description="What a call does while gas costs more than the cap."
    )
    bump_after_blocks: int = Field(
        default=12, ge=0, description="After how many blocks a call is sent dearer; 0 is never."
    )
    attempts_max: int = Field(
        default=20, ge=1, description="Refusals until a call waits for a person."
    )
    host: str = Field(
        default="127.0.0.1", description="The address on which API and console listen."
    )
    port: int = Field(default=8080, ge=1, le=65_535, description="Their port.")
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65_535,
        description="Port for Prometheus, on the same address; 0 is off.",
    )
    demo: bool | None = Field(
        default=None,
        description="Whether anyone may sign in by one click; empty is yes on the chain inside the"
        " node, no elsewhere.",
    )
    token_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Signs tokens and sessions, at least 32 characters; a demo makes its own and"
        " keeps it in the data folder.",
    )
    amount_max: Amount = Field(
        default="10000000", description="The most that one instruction may move, in whole units."
    )
    amount_max_by_currency: Annotated[dict[Currency, Amount], NoDecode, BeforeValidator(_pairs)] = (
        Field(
            default_factory=dict,
            description="The same where a currency needs its own: `JPY=1500000000,USD=5000000`.",
        )
    )
    fee_tolerance: Amount = Field(
        default="50.00",
        description="How much a correspondent may keep back before a short payment is no longer"
        " explained as its fee.",
    )
    write_off_max: Amount = Field(
        default="100.00",
        description="The most of one difference that two people may write off, in whole units.",
    )
    tick_seconds: int = Field(
        default=1, ge=1, le=3600, description="How often the stages are woken."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is logged."
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.rpc_urls and self.chain_id is None:
            raise ValueError(f"{PREFIX}CHAIN_ID must say which chain {PREFIX}RPC_URLS serve")
        if self.rpc_urls and self.quorum > len(self.rpc_urls):
            raise ValueError(f"{PREFIX}RPC_QUORUM needs as many {PREFIX}RPC_URLS")
        secret = self.token_secret.get_secret_value()
        if secret and len(secret) < SECRET_LENGTH_MIN:
            raise ValueError(f"{PREFIX}TOKEN_SECRET must have {SECRET_LENGTH_MIN} characters")
        if self.keys_elsewhere and self.signing_policy is None:
            raise ValueError(f"{PREFIX}SIGNING_POLICY is required where keys are held elsewhere")
        if self.keys_elsewhere and self.embedded:
            raise ValueError("the chain inside the node takes no keys but its own keystore's")
        if not self.is_demo and not secret:
            raise ValueError(f"{PREFIX}TOKEN_SECRET is required where the node is no demo")
        return self

    @property
    def embedded(self) -> bool:
        """Whether the chain is the one inside the node."""
        return not self.rpc_urls

    @property
    def keys_elsewhere(self) -> bool:
        """Whether the node holds no key itself."""
        return bool(self.web3signer_url or self.kms_keys)

    @property
    def quorum(self) -> int:
        """How many endpoints must agree before a block is final."""
        return 1 if self.embedded else self.rpc_quorum or min(2, len(self.rpc_urls))

    @property
    def is_demo(self) -> bool:
        """Whether the demo's issuer and one-click sign-in are open."""
        return self.embedded if self.demo is None else self.demo

    @property
    def database(self) -> str:
        """Where the database is."""
        return self.database_url or f"sqlite:///{self.data_folder / 'concord.db'}"

    @property
    def chain_file(self) -> Path:
        """Where the chain inside the node is."""
        return self.data_folder / "chain.db"

    @property
    def keys(self) -> Path:
        """Where the key files are."""
        return self.keystore_folder or self.data_folder / "keys"

    @property
    def deployments(self) -> Path:
        """Where the records of deployments are."""
        own = self.data_folder / "deployments" if self.embedded else Path("deployments")
        return self.deployments_folder or own


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Variables that look like settings and are none: a misspelt one must not pass in silence."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    return sorted(
        name for name in names if name.upper().startswith(PREFIX) and name.upper() not in known
    )
