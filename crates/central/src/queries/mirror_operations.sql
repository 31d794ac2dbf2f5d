SELECT o.fseq, l.id, o.seq, d.id, f.author, o.at, o.verdict, o.code, coalesce(o.applied, e.fseq, o.fseq), o.sha256,
       o.rank, l.device, a.act, a.unit, o.start, o.length, f.text
FROM operation o
JOIN log l ON l.no = o.log
JOIN device d ON d.no = l.device
JOIN frame f ON f.no = o.frame
LEFT JOIN (SELECT log, seq, max(fseq) AS fseq FROM event WHERE log IS NOT NULL GROUP BY log, seq) e
  ON e.log = o.log AND e.seq = o.seq
LEFT JOIN adoption a ON a.op = o.fseq
WHERE o.fseq > ?1 OR o.applied > ?1 OR e.fseq > ?1
ORDER BY o.fseq
