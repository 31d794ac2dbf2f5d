SELECT r.id, r.kind, p.uid, l.id, o.seq, r.fseq, r.void, r.body, r.floor
FROM record r
JOIN place p ON p.no = r.unit
JOIN operation o ON o.fseq = r.head
JOIN log l ON l.no = o.log
WHERE r.fseq > ?1
ORDER BY r.fseq
