-- Acts of an office that the centre rejected: told until their author has read why. They are about no record that would tell.
ALTER TABLE operation ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
CREATE INDEX operation_act ON operation (number) WHERE record IS NULL AND seen = 0 AND state IN (2, 6, 7, 8);
