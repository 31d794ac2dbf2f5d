SELECT coalesce(o.applied, e.fseq, o.fseq), o.fseq, l.id, o.seq, o.verdict, o.frame, o.start, o.length, o.sha256,
       o.code, o.rank, l.device, a.act, a.unit
FROM operation o
JOIN log l ON l.no = o.log
LEFT JOIN (SELECT log, seq, max(fseq) AS fseq FROM event WHERE log IS NOT NULL GROUP BY log, seq) e
  ON e.log = o.log AND e.seq = o.seq
LEFT JOIN adoption a ON a.op = o.fseq
