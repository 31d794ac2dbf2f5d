SELECT l.id, o.seq, o.fseq, o.verdict, o.record IS NOT NULL, o.superseded IS NOT NULL, m.open
FROM operation o
JOIN log l ON l.no = o.log
LEFT JOIN matter m ON m.op = o.fseq
WHERE o.verdict <> 'accepted' OR o.superseded IS NOT NULL OR m.open IS NOT NULL
