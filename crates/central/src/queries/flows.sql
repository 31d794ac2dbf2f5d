SELECT p.uid, r.target_group, sum(r.sessions), sum(r.attended), sum(r.female), sum(r.first_time), sum(r.completed)
FROM rollup r
JOIN place p ON p.no = r.unit
WHERE r.date BETWEEN ?1 AND ?2
GROUP BY p.uid, r.target_group
HAVING sum(r.sessions) > 0
