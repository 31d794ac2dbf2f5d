SELECT count(*), count(DISTINCT fseq), max(fseq)
FROM (
  SELECT fseq FROM operation
  UNION ALL SELECT fseq FROM quarantine
  UNION ALL SELECT fseq FROM event
  UNION ALL SELECT applied FROM operation WHERE applied <> fseq
)
