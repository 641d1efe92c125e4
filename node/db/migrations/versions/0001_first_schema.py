"""First schema.

Called by: alembic, in revision order.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import node.db.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "account",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("normal_side", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("opened_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index(op.f("ix_account_kind"), "account", ["kind"], unique=False)
    op.create_table(
        "audit",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("leaf", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)
    op.create_table(
        "bank_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=False),
        sa.Column("error_line", sa.Integer(), nullable=True),
        sa.Column("error_detail", sa.String(), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("received_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_bank_file_sha256"), "bank_file", ["sha256"], unique=False)
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("parent_hash", sa.String(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("canonical", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chain_id", "hash"),
    )
    op.create_index(op.f("ix_block_number"), "block", ["number"], unique=False)
    op.create_table(
        "chain_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.String(), nullable=False),
        sa.Column("block_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("uetr", sa.String(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chain_id", "block_hash", "tx_hash", "log_index"),
    )
    op.create_index(
        op.f("ix_chain_event_block_number"), "chain_event", ["block_number"], unique=False
    )
    op.create_index(op.f("ix_chain_event_tx_hash"), "chain_event", ["tx_hash"], unique=False)
    op.create_index(op.f("ix_chain_event_uetr"), "chain_event", ["uetr"], unique=False)
    op.create_table(
        "command",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key"),
    )
    op.create_table(
        "cursor",
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("updated_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("stage"),
    )
    op.create_table(
        "halt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=False),
        sa.Column("lifted_at", node.db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_halt_scope"), "halt", ["scope"], unique=False)
    op.create_table(
        "instruction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("gate_sequence", sa.Integer(), nullable=True),
        sa.Column("uetr", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("debtor_wallet", sa.String(), nullable=False),
        sa.Column("creditor_wallet", sa.String(), nullable=False),
        sa.Column("nostro", sa.String(), nullable=False),
        sa.Column("end_to_end_id", sa.String(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("currency", "gate_sequence"),
        sa.UniqueConstraint("sequence"),
        sa.UniqueConstraint("uetr"),
    )
    op.create_index(op.f("ix_instruction_state"), "instruction", ["state"], unique=False)
    op.create_table(
        "journal_entry",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("uetr", sa.String(), nullable=False),
        sa.Column("expectation_id", sa.String(), nullable=False),
        sa.Column("event_key", sa.String(), nullable=False),
        sa.Column("resolves", sa.String(), nullable=True),
        sa.Column("reversal_of", sa.String(), nullable=True),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("narrative", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.CheckConstraint("phase IN ('PENDING', 'POSTED', 'VOIDED')"),
        sa.ForeignKeyConstraint(
            ["resolves"],
            ["journal_entry.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reversal_of"],
            ["journal_entry.id"],
        ),
        sa.PrimaryKeyConstraint("sequence"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("resolves"),
        sa.UniqueConstraint("reversal_of"),
    )
    op.create_index(
        op.f("ix_journal_entry_event_key"), "journal_entry", ["event_key"], unique=False
    )
    op.create_index(
        op.f("ix_journal_entry_expectation_id"), "journal_entry", ["expectation_id"], unique=False
    )
    op.create_index(op.f("ix_journal_entry_uetr"), "journal_entry", ["uetr"], unique=False)
    op.create_table(
        "lease",
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("expires_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("role"),
    )
    op.create_table(
        "outbox",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_table(
        "recon_break",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("effect_bank", sa.BigInteger(), nullable=False),
        sa.Column("effect_chain", sa.BigInteger(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("uetr", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("opened_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", node.db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sequence"),
    )
    op.create_index(op.f("ix_recon_break_open"), "recon_break", ["open"], unique=False)
    op.create_index(op.f("ix_recon_break_subject"), "recon_break", ["subject"], unique=False)
    op.create_index(op.f("ix_recon_break_uetr"), "recon_break", ["uetr"], unique=False)
    op.create_table(
        "recon_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("uetr", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("created_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("side", "source"),
    )
    op.create_index(op.f("ix_recon_item_uetr"), "recon_item", ["uetr"], unique=False)
    op.create_table(
        "recon_match",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("uetr", sa.String(), nullable=False),
        sa.Column("difference", sa.BigInteger(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("created_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sequence"),
    )
    op.create_index(op.f("ix_recon_match_uetr"), "recon_match", ["uetr"], unique=False)
    op.create_table(
        "tx_intent",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("instruction_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("calldata", sa.String(), nullable=False),
        sa.Column("value", node.db.columns.Uint256(length=78), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("nonce", sa.Integer(), nullable=True),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("tx_hash", sa.String(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chain_id", "signer", "nonce"),
        sa.UniqueConstraint("sequence"),
    )
    op.create_index(
        op.f("ix_tx_intent_instruction_id"), "tx_intent", ["instruction_id"], unique=False
    )
    op.create_index(op.f("ix_tx_intent_state"), "tx_intent", ["state"], unique=False)
    op.create_index(op.f("ix_tx_intent_tx_hash"), "tx_intent", ["tx_hash"], unique=False)
    op.create_table(
        "wallet",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("custodial", sa.Boolean(), nullable=False),
        sa.Column("onboarded_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_index(op.f("ix_wallet_identifier"), "wallet", ["identifier"], unique=False)
    op.create_table(
        "account_counter",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("debits_pending", sa.BigInteger(), nullable=False),
        sa.Column("credits_pending", sa.BigInteger(), nullable=False),
        sa.Column("debits_posted", sa.BigInteger(), nullable=False),
        sa.Column("credits_posted", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"],
            ["account.code"],
        ),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "event_change",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["chain_event.id"],
        ),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index(op.f("ix_event_change_event_id"), "event_change", ["event_id"], unique=False)
    op.create_table(
        "expectation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("uetr", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("debit_account", sa.String(), nullable=False),
        sa.Column("credit_account", sa.String(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("created_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_account"],
            ["account.code"],
        ),
        sa.ForeignKeyConstraint(
            ["debit_account"],
            ["account.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uetr"),
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_sequence", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("side IN ('DEBIT', 'CREDIT')"),
        sa.CheckConstraint("amount > 0"),
        sa.ForeignKeyConstraint(
            ["account"],
            ["account.code"],
        ),
        sa.ForeignKeyConstraint(
            ["entry_sequence"],
            ["journal_entry.sequence"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_posting_account"), "posting", ["account"], unique=False)
    op.create_index(op.f("ix_posting_entry_sequence"), "posting", ["entry_sequence"], unique=False)
    op.create_table(
        "recon_match_member",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["recon_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["match_id"],
            ["recon_match.id"],
        ),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.create_index(
        op.f("ix_recon_match_member_match_id"), "recon_match_member", ["match_id"], unique=False
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("account_number", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=True),
        sa.Column("closing", sa.BigInteger(), nullable=True),
        sa.Column("opening_date", sa.Date(), nullable=True),
        sa.Column("closing_date", sa.Date(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("received_at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["bank_file.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "fingerprint"),
        sa.UniqueConstraint("sequence"),
    )
    op.create_index(op.f("ix_statement_account"), "statement", ["account"], unique=False)
    op.create_table(
        "tx_intent_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intent_id", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["intent_id"],
            ["tx_intent.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_tx_intent_history_intent_id"), "tx_intent_history", ["intent_id"], unique=False
    )
    op.create_table(
        "expectation_end",
        sa.Column("expectation_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["expectation_id"],
            ["expectation.id"],
        ),
        sa.PrimaryKeyConstraint("expectation_id"),
    )
    op.create_table(
        "posting_decision",
        sa.Column("change_sequence", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", node.db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_sequence"],
            ["event_change.sequence"],
        ),
        sa.PrimaryKeyConstraint("change_sequence"),
    )
    op.create_table(
        "statement_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("uetr", sa.String(), nullable=False),
        sa.Column("end_to_end_id", sa.String(), nullable=False),
        sa.Column("instruction_id", sa.String(), nullable=False),
        sa.Column("servicer_reference", sa.String(), nullable=False),
        sa.Column("counterparty", sa.String(), nullable=False),
        sa.Column("narrative", sa.String(), nullable=False),
        sa.Column("reversal", sa.Boolean(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("statement_id", "position"),
    )
    op.create_index(
        op.f("ix_statement_entry_statement_id"), "statement_entry", ["statement_id"], unique=False
    )
    op.create_index(op.f("ix_statement_entry_uetr"), "statement_entry", ["uetr"], unique=False)
