-- Figures of coverage, populations, teams and reports are read whole by progress; sessions are many and have their roll-up.
CREATE INDEX record_kind ON record (kind) WHERE kind <> 'training_session';
