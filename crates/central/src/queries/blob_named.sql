-- Operations that name a photo: its size there, the device that wrote it, the unit its record belongs to now.
SELECT b.size, l.device, p.uid
FROM blob_name b
JOIN operation o ON o.fseq = b.fseq
JOIN log l ON l.no = o.log
LEFT JOIN record r ON r.no = o.record
LEFT JOIN place p ON p.no = r.unit
WHERE b.sha256 = ?1
ORDER BY b.fseq
