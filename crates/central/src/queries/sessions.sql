SELECT r.id, p.uid, l.id, o.seq, r.void, r.body,
       (SELECT count(*) FROM operation b 
        WHERE b.verdict <> 'accepted' AND b.verdict = 'conflicted' AND b.record = r.no)
FROM record r
JOIN place p ON p.no = r.unit
JOIN operation o ON o.fseq = r.head
JOIN log l ON l.no = o.log
