-- A unit has a small number once a record, an earlier state, a departure or a matter was of it, or a device granted it waited.
SELECT EXISTS (SELECT 1 FROM place WHERE uid = ?1)
    OR EXISTS (SELECT 1 FROM device WHERE unit = ?1)
    OR EXISTS (SELECT 1 FROM device_grant WHERE unit = ?1)
    OR EXISTS (SELECT 1 FROM enrol_code WHERE unit = ?1)
    OR EXISTS (SELECT 1 FROM adoption WHERE unit = ?1)
    OR EXISTS (SELECT 1 FROM period_lock WHERE unit = ?1)
