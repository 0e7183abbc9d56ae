"""The audit trail: tables, triggers, chains, verification."""
