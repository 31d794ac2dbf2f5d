SELECT r.fseq, r.id, r.kind, p.uid, r.body, r.void, l.id, o.seq, o.at, f.author
FROM record r
JOIN place p ON p.no = r.unit
JOIN operation o ON o.fseq = r.head
JOIN log l ON l.no = o.log
JOIN frame f ON f.no = o.frame
WHERE p.uid = ?1 AND r.id > ?2
ORDER BY r.id
LIMIT ?3
