SELECT s.fseq, s.op
FROM matter_seen s
JOIN matter m ON m.op = s.op
WHERE s.unit = ?1 AND s.fseq > ?2 AND s.officers = ?3
  AND (m.open OR m.op <= ?2 OR (SELECT o.verdict FROM operation o WHERE o.fseq = m.op) = 'conflicted')
ORDER BY s.fseq
LIMIT ?4
