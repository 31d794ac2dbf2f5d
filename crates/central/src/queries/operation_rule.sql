UPDATE operation
SET verdict = ?2, code = ?3, findings = ?4, record = ?5, applied = ?6, rank = ?7, stands_for = ?8, message = ?9
WHERE fseq = ?1
