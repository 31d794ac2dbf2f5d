SELECT target_group, sum(sessions), sum(attended), sum(female), sum(first_time), sum(khmer), sum(ethnic_minority),
       sum(elderly), sum(disabled), sum(poor), sum(assessed), sum(completed)
FROM rollup
WHERE unit = ?1 AND date BETWEEN ?2 AND ?3
GROUP BY target_group
