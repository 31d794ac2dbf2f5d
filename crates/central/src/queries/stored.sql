SELECT l.id, o.seq, o.log, l.device, o.verdict, o.code, o.start, o.length, f.text,
       o.released IS NOT NULL, a.device, a.unit, o.record IS NOT NULL
FROM operation o
JOIN log l ON l.no = o.log
JOIN frame f ON f.no = o.frame
LEFT JOIN adoption a ON a.op = o.fseq
WHERE o.fseq = ?1
