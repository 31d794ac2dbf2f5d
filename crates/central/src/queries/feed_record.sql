SELECT r.fseq, r.id, r.kind, p.uid, r.body, r.void, l.id, o.seq, o.at,
       coalesce((SELECT u.name FROM user u WHERE u.id = f.author), f.author),
       -- What somebody corrected, declared void or settled is told with its kind and reason. Most records need no text.
       CASE WHEN r.floor > 0 OR r.void
                 OR EXISTS (SELECT 1 FROM operation b WHERE b.record = r.no AND b.verdict = 'conflicted' AND b.verdict <> 'accepted')
            THEN CAST(substr(CAST(f.text AS BLOB), o.start + 1, o.length) AS TEXT) END
FROM record r
JOIN place p ON p.no = r.unit
JOIN operation o ON o.fseq = r.head
JOIN log l ON l.no = o.log
JOIN frame f ON f.no = o.frame
WHERE r.no = ?1
