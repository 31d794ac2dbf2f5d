SELECT l.id, o.seq, o.verdict, o.code, o.findings, o.message, o.start, o.length, f.text, d.id, u.name, o.at, f.arrived,
       o.fseq, o.applied, o.superseded, p.uid
FROM operation o
JOIN log l ON l.no = o.log
JOIN device d ON d.no = l.device
JOIN user u ON u.no = d.user
JOIN frame f ON f.no = o.frame
LEFT JOIN record r ON r.no = o.record
LEFT JOIN place p ON p.no = r.unit
WHERE r.id = ?1 OR (o.record IS NULL AND instr(f.text, ?2) > 0)
ORDER BY coalesce(o.applied, o.fseq)
