INSERT INTO operation (
  fseq, log, seq, frame, start, length, sha256, at, verdict, code, findings, record, applied, rank, stands_for
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
