SELECT coalesce(o.stands_for, o.fseq), o.verdict, o.record,
       coalesce((SELECT h.applied FROM operation h WHERE h.fseq = o.stands_for), o.applied, o.fseq),
       o.superseded IS NOT NULL, o.rank
FROM operation o
WHERE o.log = ?1 AND o.seq = ?2
