SELECT l.id, q.seq, 'quarantined', 'LOG_FORKED', NULL, NULL, q.start, q.length, f.text, d.id, u.name, 0, f.arrived,
       q.fseq, NULL, NULL, NULL
FROM quarantine q
JOIN log l ON l.no = q.log
JOIN device d ON d.no = l.device
JOIN user u ON u.no = d.user
JOIN frame f ON f.no = q.frame
ORDER BY q.fseq
