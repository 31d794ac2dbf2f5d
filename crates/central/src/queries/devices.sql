SELECT d.id, u.name,
       (SELECT group_concat(g.unit, ' ') FROM device_grant g WHERE g.device = d.no),
       d.enrolled_at, d.revoked_at,
       (SELECT count(*) FROM operation o JOIN log l ON l.no = o.log WHERE l.device = d.no)
FROM device d
JOIN user u ON u.no = d.user
WHERE d.id <> 'centre'
ORDER BY d.no
