SELECT l.id, o.seq, o.log, l.device, o.verdict, o.code, o.start, o.length, f.text
FROM operation o
JOIN log l ON l.no = o.log
JOIN frame f ON f.no = o.frame
WHERE o.fseq = ?1
