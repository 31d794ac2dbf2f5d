SELECT r.id, p.uid, r.void, r.body, l.id, o.seq, r.floor, r.kind
FROM record r
JOIN place p ON p.no = r.unit
JOIN operation o ON o.fseq = r.head
JOIN log l ON l.no = o.log
