-- Photos. The bytes lie in files beside the database; a file under a photo's name is whole and was checked.

CREATE TABLE blob_name (                -- Which operation names which photo: who may send it and who may see it.
  sha256 BLOB NOT NULL,
  fseq   INTEGER NOT NULL REFERENCES operation (fseq),
  size   INTEGER NOT NULL,
  PRIMARY KEY (sha256, fseq)
) STRICT, WITHOUT ROWID;

-- Operations of newer devices that arrived before this program knew of photos.
INSERT OR IGNORE INTO blob_name (sha256, fseq, size)
SELECT unhex(a.value ->> 'sha256'), o.fseq, a.value ->> 'size'
FROM operation o
JOIN frame f ON f.no = o.frame AND f.text LIKE '%"attachments"%'
JOIN json_each(CAST(substr(CAST(f.text AS BLOB), o.start + 1, o.length) AS TEXT), '$.set.attachments') a
WHERE a.type = 'object' AND length(a.value ->> 'sha256') = 64 AND unhex(a.value ->> 'sha256') IS NOT NULL
  AND typeof(a.value ->> 'size') = 'integer';
