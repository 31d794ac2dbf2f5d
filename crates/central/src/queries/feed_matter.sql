SELECT l.id, o.seq, o.verdict, o.code, o.findings, o.message, o.start, o.length, f.text, m.open, d.id, d.no, o.at,
       coalesce((SELECT u.name FROM user u WHERE u.id = f.author), f.author), p.uid
FROM matter m
JOIN operation o ON o.fseq = m.op
JOIN log l ON l.no = o.log
JOIN device d ON d.no = l.device
JOIN frame f ON f.no = o.frame
LEFT JOIN record r ON r.no = o.record
LEFT JOIN place p ON p.no = r.unit
WHERE m.op = ?1
