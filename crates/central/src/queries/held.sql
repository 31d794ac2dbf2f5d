SELECT l.id, o.seq, o.fseq, o.verdict, o.code, o.findings, o.message, d.id,
       (SELECT w.cause FROM waiting w WHERE w.fseq = o.fseq)
FROM operation o
JOIN log l ON l.no = o.log
JOIN device d ON d.no = l.device
WHERE o.verdict <> 'accepted' AND o.verdict IN ('held', 'quarantined')
ORDER BY o.fseq
