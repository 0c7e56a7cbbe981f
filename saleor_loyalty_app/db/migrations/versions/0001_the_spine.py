"""The spine: stores, members, programs, books, orders, inbox, background work"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: What lets nobody change or delete an entry, as of this revision.
PROTECT = {
    "sqlite": (
        "CREATE TRIGGER entry_no_update BEFORE update ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never changed or deleted'); END",
        "CREATE TRIGGER entry_no_delete BEFORE delete ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never changed or deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an entry is never changed or deleted' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION entry_append_only()",
    ),
}

#: What takes that off again, once the tables are gone.
UNPROTECT = {"sqlite": (), "postgresql": ("DROP FUNCTION IF EXISTS entry_append_only()",)}


def upgrade() -> None:
    op.create_table(
        "executor",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_executor")),
    )
    op.create_table(
        "schedule_state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("runs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule_state")),
    )
    op.create_table(
        "store",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("saleor_api_url", sa.String(), nullable=False),
        sa.Column("app_id", sa.String(), nullable=False),
        sa.Column("token_encrypted", sa.String(), nullable=False),
        sa.Column(
            "jwks",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("jwks_refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jwks_attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("schema_version", sa.String(), nullable=False),
        sa.Column(
            "permissions",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uninstalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("earning_on", sa.Boolean(), nullable=False),
        sa.Column("spending_on", sa.Boolean(), nullable=False),
        sa.Column("shipping_on", sa.Boolean(), nullable=False),
        sa.Column("messages_on", sa.Boolean(), nullable=False),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("daily_pass_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("metadata_synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
        sa.UniqueConstraint("saleor_api_url", name=op.f("uq_store_saleor_api_url")),
    )
    op.create_table(
        "channel",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("saleor_id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("default_country", sa.String(), nullable=False),
        sa.Column(
            "countries",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("prices_entered_with_tax", sa.Boolean(), nullable=False),
        sa.Column("display_gross_prices", sa.Boolean(), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_channel_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("store_id", "slug", name=op.f("uq_channel_store_id_slug")),
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handler", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_dead_letter_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
        sa.UniqueConstraint(
            "store_id",
            "handler",
            "body_hash",
            name=op.f("uq_dead_letter_store_id_handler_body_hash"),
        ),
    )
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.create_index("ix_dead_letter_received", ["received_at"], unique=False)

    op.create_table(
        "history_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "choice",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=True),
        sa.Column("orders_seen", sa.BigInteger(), nullable=False),
        sa.Column("orders_counted", sa.BigInteger(), nullable=False),
        sa.Column(
            "report",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_history_import_store_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_import")),
    )
    with op.batch_alter_table("history_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_import_store_id"), ["store_id"], unique=False)

    op.create_table(
        "inbox_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handler", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("emptied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_inbox_message_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_message")),
        sa.UniqueConstraint(
            "store_id",
            "handler",
            "body_hash",
            name=op.f("uq_inbox_message_store_id_handler_body_hash"),
        ),
    )
    with op.batch_alter_table("inbox_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_message_kept",
            ["received_at"],
            unique=False,
            sqlite_where=sa.text("NOT emptied"),
            postgresql_where=sa.text("NOT emptied"),
        )

    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("guest_key", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("spending_blocked", sa.Boolean(), nullable=False),
        sa.Column("earning_blocked", sa.Boolean(), nullable=False),
        sa.Column("codes_blocked", sa.Boolean(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("hold_out", sa.Boolean(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "merged_into", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("first_enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('guest','invited','active','paused','blocked','left','erased')",
            name=op.f("ck_member_state"),
        ),
        sa.CheckConstraint("bucket BETWEEN 0 AND 9999", name=op.f("ck_member_bucket")),
        sa.ForeignKeyConstraint(["merged_into"], ["member.id"], name=op.f("fk_member_merged_into")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_member_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("store_id", "guest_key", name=op.f("uq_member_store_id_guest_key")),
        sa.UniqueConstraint("store_id", "user_id", name=op.f("uq_member_store_id_user_id")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index("ix_member_merged_into", ["merged_into"], unique=False)

    op.create_table(
        "order_refresh",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("torn_hash", sa.String(), nullable=False),
        sa.Column("torn_reads", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_order_refresh_store_id")),
        sa.PrimaryKeyConstraint("store_id", "order_id", name=op.f("pk_order_refresh")),
    )
    with op.batch_alter_table("order_refresh", schema=None) as batch_op:
        batch_op.create_index("ix_order_refresh_due", ["store_id", "due_at"], unique=False)

    op.create_table(
        "program_draft",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "evidence",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_program_draft_store_id")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_program_draft")),
    )
    op.create_table(
        "program_revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_program_revision_store_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_revision")),
        sa.UniqueConstraint("store_id", "number", name=op.f("uq_program_revision_store_id_number")),
    )
    with op.batch_alter_table("program_revision", schema=None) as batch_op:
        batch_op.create_index(
            "ix_program_revision_effective", ["store_id", "effective_from"], unique=False
        )

    op.create_table(
        "store_problem",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("problem_key", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_message", sa.String(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_store_problem_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_problem")),
        sa.UniqueConstraint(
            "store_id", "problem_key", name=op.f("uq_store_problem_store_id_problem_key")
        ),
    )
    op.create_table(
        "balance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("lots", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("lifetime", sa.BigInteger(), nullable=False),
        sa.Column("next_expiry", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("entries = lots + held - debt", name=op.f("ck_balance_adds_up")),
        sa.CheckConstraint(
            "lots >= 0 AND held >= 0 AND debt >= 0", name=op.f("ck_balance_not_negative")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_balance_member_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_balance_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance")),
        sa.UniqueConstraint("member_id", "unit", name=op.f("uq_balance_member_id_unit")),
    )
    with op.batch_alter_table("balance", schema=None) as batch_op:
        batch_op.create_index("ix_balance_due", ["store_id", "next_expiry"], unique=False)

    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("waived", sa.BigInteger(), nullable=False),
        sa.Column("refers_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column(
            "revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "rule_ids",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount <> 0 OR (kind = 'waive' AND waived > 0)", name=op.f("ck_entry_moves")
        ),
        sa.CheckConstraint(
            "kind IN ('earn', 'redeem', 'reverse', 'restore', 'expire', 'adjust', 'transfer', 'donate', 'merge', 'waive')",
            name=op.f("ck_entry_kind"),
        ),
        sa.CheckConstraint("waived >= 0", name=op.f("ck_entry_waived")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_entry_member_id")),
        sa.ForeignKeyConstraint(["refers_to"], ["entry.id"], name=op.f("fk_entry_refers_to")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["program_revision.id"], name=op.f("fk_entry_revision_id")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_entry_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint(
            "store_id", "idempotency_key", name=op.f("uq_entry_store_id_idempotency_key")
        ),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_member", ["member_id", "unit", "id"], unique=False)
        batch_op.create_index("ix_entry_posted", ["store_id", "posted_at"], unique=False)
        batch_op.create_index("ix_entry_source", ["store_id", "source"], unique=False)

    op.create_table(
        "history_import_tally",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["history_import.id"], name=op.f("fk_history_import_tally_import_id")
        ),
        sa.PrimaryKeyConstraint(
            "import_id", "customer", "unit", name=op.f("pk_history_import_tally")
        ),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'captured', 'released')", name=op.f("ck_hold_state")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hold_member_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_hold_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint(
            "store_id", "idempotency_key", name=op.f("uq_hold_store_id_idempotency_key")
        ),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index("ix_hold_deadline", ["state", "deadline"], unique=False)
        batch_op.create_index("ix_hold_member", ["member_id", "unit", "state"], unique=False)

    op.create_table(
        "member_consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_member_consent_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_member_consent_store_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_consent")),
    )
    with op.batch_alter_table("member_consent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_member_consent_member_id"), ["member_id"], unique=False
        )

    op.create_table(
        "member_identity",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_member_identity_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_member_identity_store_id")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member_identity")),
    )
    with op.batch_alter_table("member_identity", schema=None) as batch_op:
        batch_op.create_index(
            "ix_member_identity_email_key", ["store_id", "email_key"], unique=False
        )

    op.create_table(
        "order_state",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snapshot_hash", sa.String(), nullable=False),
        sa.Column("last_event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("withheld", sa.String(), nullable=False),
        sa.Column("owner_changes", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "plan",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "losses",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("deferred", sa.Boolean(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.CheckConstraint("owner_changes >= 0", name=op.f("ck_order_state_owner_changes")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_order_state_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["program_revision.id"], name=op.f("fk_order_state_revision_id")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_order_state_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_state")),
        sa.UniqueConstraint("store_id", "order_id", name=op.f("uq_order_state_store_id_order_id")),
    )
    with op.batch_alter_table("order_state", schema=None) as batch_op:
        batch_op.create_index("ix_order_state_deferred", ["store_id", "deferred"], unique=False)
        batch_op.create_index("ix_order_state_member", ["member_id"], unique=False)
        batch_op.create_index(
            "ix_order_state_open", ["store_id", "open", "checked_at"], unique=False
        )

    op.create_table(
        "debt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("remaining >= 0 AND remaining <= amount", name=op.f("ck_debt_amounts")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_debt_entry_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_debt_member_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_debt_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt")),
    )
    with op.batch_alter_table("debt", schema=None) as batch_op:
        batch_op.create_index("ix_debt_member", ["member_id", "unit", "remaining"], unique=False)

    op.create_table(
        "lot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("follows", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("expired", sa.BigInteger(), nullable=False),
        sa.Column("forgiven", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("available_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_required", sa.Boolean(), nullable=False),
        sa.Column("earned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("forgiven >= 0 AND forgiven <= expired", name=op.f("ck_lot_forgiven")),
        sa.CheckConstraint("remaining + held <= amount", name=op.f("ck_lot_within_amount")),
        sa.CheckConstraint("remaining >= 0 AND held >= 0", name=op.f("ck_lot_not_negative")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_lot_entry_id")),
        sa.ForeignKeyConstraint(["follows"], ["lot.id"], name=op.f("fk_lot_follows")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_lot_member_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_lot_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index("ix_lot_entry", ["entry_id"], unique=False)
        batch_op.create_index(
            "ix_lot_member", ["member_id", "unit", "closed", "expires_at"], unique=False
        )
        batch_op.create_index("ix_lot_open", ["store_id", "closed", "available_from"], unique=False)
        batch_op.create_index("ix_lot_source", ["store_id", "source"], unique=False)

    op.create_table(
        "order_unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "order_state_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("booked", sa.BigInteger(), nullable=False),
        sa.Column("waived", sa.BigInteger(), nullable=False),
        sa.Column("postings", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_state_id"], ["order_state.id"], name=op.f("fk_order_unit_order_state_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_unit")),
        sa.UniqueConstraint(
            "order_state_id", "unit", "part", name=op.f("uq_order_unit_order_state_id_unit_part")
        ),
    )
    op.create_table(
        "allocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("hold_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("debt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND returned >= 0 AND returned <= amount",
            name=op.f("ck_allocation_amounts"),
        ),
        sa.CheckConstraint(
            "entry_id IS NOT NULL OR hold_id IS NOT NULL", name=op.f("ck_allocation_taker")
        ),
        sa.ForeignKeyConstraint(["debt_id"], ["debt.id"], name=op.f("fk_allocation_debt_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_allocation_entry_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_allocation_hold_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_allocation_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index("ix_allocation_debt", ["debt_id"], unique=False)
        batch_op.create_index("ix_allocation_entry", ["entry_id"], unique=False)
        batch_op.create_index("ix_allocation_hold", ["hold_id"], unique=False)
        batch_op.create_index("ix_allocation_lot", ["lot_id"], unique=False)

    op.create_table(
        "lot_extension",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_extension_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_extension")),
    )
    with op.batch_alter_table("lot_extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_extension_lot_id"), ["lot_id"], unique=False)
    for statement in PROTECT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("lot_extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_extension_lot_id"))

    op.drop_table("lot_extension")
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.drop_index("ix_allocation_lot")
        batch_op.drop_index("ix_allocation_hold")
        batch_op.drop_index("ix_allocation_entry")
        batch_op.drop_index("ix_allocation_debt")

    op.drop_table("allocation")
    op.drop_table("order_unit")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index("ix_lot_source")
        batch_op.drop_index("ix_lot_open")
        batch_op.drop_index("ix_lot_member")
        batch_op.drop_index("ix_lot_entry")

    op.drop_table("lot")
    with op.batch_alter_table("debt", schema=None) as batch_op:
        batch_op.drop_index("ix_debt_member")

    op.drop_table("debt")
    with op.batch_alter_table("order_state", schema=None) as batch_op:
        batch_op.drop_index("ix_order_state_open")
        batch_op.drop_index("ix_order_state_member")
        batch_op.drop_index("ix_order_state_deferred")

    op.drop_table("order_state")
    with op.batch_alter_table("member_identity", schema=None) as batch_op:
        batch_op.drop_index("ix_member_identity_email_key")

    op.drop_table("member_identity")
    with op.batch_alter_table("member_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_consent_member_id"))

    op.drop_table("member_consent")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index("ix_hold_member")
        batch_op.drop_index("ix_hold_deadline")

    op.drop_table("hold")
    op.drop_table("history_import_tally")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_source")
        batch_op.drop_index("ix_entry_posted")
        batch_op.drop_index("ix_entry_member")

    op.drop_table("entry")
    with op.batch_alter_table("balance", schema=None) as batch_op:
        batch_op.drop_index("ix_balance_due")

    op.drop_table("balance")
    op.drop_table("store_problem")
    with op.batch_alter_table("program_revision", schema=None) as batch_op:
        batch_op.drop_index("ix_program_revision_effective")

    op.drop_table("program_revision")
    op.drop_table("program_draft")
    with op.batch_alter_table("order_refresh", schema=None) as batch_op:
        batch_op.drop_index("ix_order_refresh_due")

    op.drop_table("order_refresh")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index("ix_member_merged_into")

    op.drop_table("member")
    with op.batch_alter_table("inbox_message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_inbox_message_kept",
            sqlite_where=sa.text("NOT emptied"),
            postgresql_where=sa.text("NOT emptied"),
        )

    op.drop_table("inbox_message")
    with op.batch_alter_table("history_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_history_import_store_id"))

    op.drop_table("history_import")
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.drop_index("ix_dead_letter_received")

    op.drop_table("dead_letter")
    op.drop_table("channel")
    op.drop_table("store")
    op.drop_table("schedule_state")
    op.drop_table("executor")
    for statement in UNPROTECT[op.get_bind().dialect.name]:
        op.execute(statement)
