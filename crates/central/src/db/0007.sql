-- Units that were declared not to be: as if nobody had made them, until somebody says them again.
ALTER TABLE unit ADD COLUMN void INTEGER NOT NULL DEFAULT 0;
