SELECT l.id, o.seq, p.uid, v.void, v.body, r.kind
FROM version v
JOIN place p ON p.no = v.unit
JOIN operation o ON o.fseq = v.op
JOIN log l ON l.no = o.log
JOIN record r ON r.no = o.record
