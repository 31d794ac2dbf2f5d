-- What sort of its level a unit is, and the communes of an area: an area owns nothing, so they are named in it.
ALTER TABLE unit ADD COLUMN sort TEXT;
ALTER TABLE unit ADD COLUMN members TEXT;  -- JSON; null for units from before.
ALTER TABLE unit ADD COLUMN was_in TEXT;   -- JSON: parents it had before a revision. A scope that held one changes.
