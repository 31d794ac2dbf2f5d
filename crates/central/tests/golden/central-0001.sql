-- A file as the program of schema 1 left it, dumped. Released files never change.
BEGIN TRANSACTION;
CREATE TABLE audit (                    -- Every act of an administrator, each row bound to the one before.
  no     INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  actor  TEXT NOT NULL,
  act    TEXT NOT NULL,
  detail TEXT NOT NULL,                 -- JSON; never a code or a key.
  hash   BLOB NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,1763787600,'test','unit.add','{"name":"Ấp u:1","parent":"new:29242","uid":"u:1"}',X'AD206EB2728EBA629B6F5BAAB8A9E0BFA01C7631775EA6CC560EB111085A70CC');
INSERT INTO "audit" VALUES(2,1763787600,'test','unit.add','{"name":"Ấp u:2","parent":"new:29242","uid":"u:2"}',X'87F3B62A5C3C8FCFEB0948D5B216D8F8DD2CB026579805CDBDB53D5E5E0EED22');
INSERT INTO "audit" VALUES(3,1763787600,'test','unit.add','{"name":"Ấp u:9","parent":"new:29254","uid":"u:9"}',X'2C0C289F4AFBA9ABED69D5E72BBD557714F5A1358DAE852B6C8BE00019B4DF3E');
INSERT INTO "audit" VALUES(4,1763787600,'test','code.make','{"days":7,"role":"team","unit":"u:1"}',X'AE3B28585C3A98A0BC6A86A6EDCF1F759C3D487CCFBAFF959F281EAB61A0EA2C');
INSERT INTO "audit" VALUES(5,1763787600,'usr_hjtmtw51d7yyn9p','device.enrol','{"device":"dev_aesggkc0wb7wz0j","role":"team","unit":"u:1"}',X'4F8B3C3C9DAF41E16D625DB62E2E0C1D953F56FE6DC66191B49FBEE9D4E608E3');
INSERT INTO "audit" VALUES(6,1763787600,'test','code.make','{"days":7,"role":"team","unit":"u:1"}',X'1A024FD43BC7663BE6CD6FF1AC14C30FA11FDA8F34AC300F077E4CEEECD065E5');
INSERT INTO "audit" VALUES(7,1763787600,'usr_vg1x5epyzq32q6y','device.enrol','{"device":"dev_wtryj9vqba4zb9h","role":"team","unit":"u:1"}',X'5AFBF4013F194EFAB999DAC7AF2980C506D5EA5BDE1B3B11112C2AFCBF35EA01');
INSERT INTO "audit" VALUES(8,1763787600,'test','code.make','{"days":7,"role":"commune","unit":"new:29242"}',X'592CBC05D514348DAAD62D2D7AA78947F3E649455EF584622BFD95181B301B8B');
INSERT INTO "audit" VALUES(9,1763787600,'usr_g2cqvk913q4vtt0','device.enrol','{"device":"dev_8rspgj5zysyrjhz","role":"commune","unit":"new:29242"}',X'7906D15F91255A0057CE05CB718D20B56C0F99105D8EB2F284E3414DE9AFEC10');
INSERT INTO "audit" VALUES(10,1763787600,'test','device.revoke','{"device":"dev_wtryj9vqba4zb9h"}',X'CC8B0E6F7D730407A84F50F3EFB415714CDF995A3ABC5876C07175CA2B739468');
CREATE TABLE counter (                  -- The last number given. Taken inside the transaction, so numbers have no gaps.
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  fseq INTEGER NOT NULL
) STRICT;
INSERT INTO "counter" VALUES(1,22);
CREATE TABLE device (
  no          INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  sign        BLOB NOT NULL UNIQUE,     -- Ed25519, 32 bytes.
  seal        BLOB NOT NULL,            -- X25519, 32 bytes.
  user        INTEGER NOT NULL REFERENCES user (no),
  enrolled_at INTEGER NOT NULL,
  revoked_at  INTEGER
) STRICT;
INSERT INTO "device" VALUES(1,'dev_aesggkc0wb7wz0j',X'8A88E3DD7409F195FD52DB2D3CBA5D72CA6709BF1D94121BF3748801B40F6F5C',X'0101010101010101010101010101010101010101010101010101010101010101',1,1763787600,NULL);
INSERT INTO "device" VALUES(2,'dev_wtryj9vqba4zb9h',X'8139770EA87D175F56A35466C34C7ECCCB8D8A91B4EE37A25DF60F5B8FC9B394',X'0101010101010101010101010101010101010101010101010101010101010101',2,1763787600,1763787600);
INSERT INTO "device" VALUES(3,'dev_8rspgj5zysyrjhz',X'ED4928C628D1C2C6EAE90338905995612959273A5C63F93636C14614AC8737D1',X'0101010101010101010101010101010101010101010101010101010101010101',3,1763787600,NULL);
CREATE TABLE device_grant (             -- What a device may write and see: its unit and all below it.
  device INTEGER NOT NULL REFERENCES device (no),
  unit   TEXT NOT NULL,
  role   TEXT NOT NULL,
  PRIMARY KEY (device, unit)
) STRICT, WITHOUT ROWID;
INSERT INTO "device_grant" VALUES(1,'u:1','team');
INSERT INTO "device_grant" VALUES(2,'u:1','team');
INSERT INTO "device_grant" VALUES(3,'new:29242','commune');
CREATE TABLE enrol_code (
  sha256     BLOB PRIMARY KEY,          -- Of the code; the code itself is printed once and kept nowhere.
  unit       TEXT NOT NULL,
  role       TEXT NOT NULL,
  user_name  TEXT,
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  device     INTEGER REFERENCES device (no)
) STRICT, WITHOUT ROWID;
INSERT INTO "enrol_code" VALUES(X'36E8E62EF51498491B9BB09EB25DB38BC2E535A9A28026A7A48999F7E6365285','u:1','team',NULL,1763787600,1764392400,1);
INSERT INTO "enrol_code" VALUES(X'7196E228B0765411C0253000E3DFB31363BBDE175D74B5836EF62830446E90D5','u:1','team',NULL,1763787600,1764392400,2);
INSERT INTO "enrol_code" VALUES(X'7C7E7132E69EF19E6B73B3720922E43C3C9DF190D864A05BBA6CB7C0464F7D0E','new:29242','commune',NULL,1763787600,1764392400,3);
CREATE TABLE event (                    -- Feed entries that are no record: later verdicts, units.
  fseq   INTEGER PRIMARY KEY,
  log    INTEGER REFERENCES log (no),
  seq    INTEGER,
  ruling TEXT,                          -- JSON as it goes to the device.
  unit   TEXT
) STRICT;
INSERT INTO "event" VALUES(1,NULL,NULL,NULL,'u:1');
INSERT INTO "event" VALUES(2,NULL,NULL,NULL,'u:2');
INSERT INTO "event" VALUES(3,NULL,NULL,NULL,'u:9');
CREATE TABLE frame (
  no        INTEGER PRIMARY KEY,
  log       INTEGER NOT NULL REFERENCES log (no),
  author    TEXT NOT NULL,
  signature BLOB NOT NULL,
  arrived   INTEGER NOT NULL,           -- Seconds since 1970; information for people.
  text      TEXT NOT NULL               -- The exact signed JSON; never re-serialised.
) STRICT;
INSERT INTO "frame" VALUES(1,1,'usr_hjtmtw51d7yyn9p',X'E7C204D2C237829D869A31EE2F6DE45EC99D2DF764EF87D554DE4A382B4C08C2C088E34B11878CE5115872C291D59FA263AEF638614D399FC6E166C9EE5B7A07',1763787600,'{"v":1,"dep":"thu","log":"01010101010101010101010101010101","from":1,"by":"usr_hjtmtw51d7yyn9p","ops":[{"k":"open","device":"dev_aesggkc0wb7wz0j","predecessor":null,"reason":"new","at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000001","unit":"u:1","base":null,"set":{"counts":[{"attended":20,"female":10,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000001","unit":"u:1","base":"01010101010101010101010101010101:2","set":{"note":"của Lan"},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000001","unit":"u:1","base":"01010101010101010101010101010101:3","set":{"note":"Tại nhà văn hóa ấp"},"at":1763787600}]}');
INSERT INTO "frame" VALUES(2,1,'usr_hjtmtw51d7yyn9p',X'FDDE8278E538131F38DF16F215F92919B0624F124F40E34EA298E9338C76DDED1DC18FABBBA4B27D62947583A957933AC8A5960BDBE8ED6F4149DD6B73858F07',1763787600,'{"v":1,"dep":"thu","log":"01010101010101010101010101010101","from":5,"by":"usr_hjtmtw51d7yyn9p","ops":[{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000002","unit":"u:1","base":null,"set":{"counts":[{"attended":9,"female":4,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]},"at":1763787600},{"k":"void","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000002","unit":"u:1","base":"01010101010101010101010101010101:5","at":1763787600},{"k":"restore","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000002","unit":"u:1","base":"01010101010101010101010101010101:6","at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000003","unit":"u:9","base":null,"set":{"counts":[{"attended":5,"female":2,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]},"at":1763787600}]}');
INSERT INTO "frame" VALUES(3,1,'usr_hjtmtw51d7yyn9p',X'BC35208521667A213397172E3AB1096ABFDF26FFD1D3B19A948138DF9EAD5A6C6FF852393ACF7F9DC081B6679EE816CE968BBB27F94FDB91591A0AE40D08430F',1763787600,'{"v":1,"dep":"thu","log":"01010101010101010101010101010101","from":9,"by":"usr_hjtmtw51d7yyn9p","ops":[{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000004","unit":"u:later","base":null,"set":{"counts":[{"attended":6,"female":3,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000004","unit":"u:later","base":"01010101010101010101010101010101:9","set":{"note":"chờ"},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000005","unit":"u:1","base":null,"set":{"counts":[],"date":"2025-11-20"},"at":1763787600}]}');
INSERT INTO "frame" VALUES(4,2,'usr_vg1x5epyzq32q6y',X'2D15BC056C40F749AB9E5A60843C9747A4E4D1A04D9A14CEE29FB57648F37931B1100F52C8D0EEAC1FD2598C4D033AA1D7D1452871812B1AB2CA570127A3C80E',1763787600,'{"v":1,"dep":"thu","log":"02020202020202020202020202020202","from":1,"by":"usr_vg1x5epyzq32q6y","ops":[{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000001","unit":"u:1","base":"01010101010101010101010101010101:2","set":{"note":"Tại nhà văn hóa ấp"},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000001","unit":"u:1","base":"02020202020202020202020202020202:1","set":{"start":"08:00"},"at":1763787600}]}');
INSERT INTO "frame" VALUES(5,3,'usr_g2cqvk913q4vtt0',X'352BA66C631EEF04609451D00ED84D7E5967F7B2584ACBD211D22169BFE9E72FCE4B4C7F6C4B8DED7A9FDAC8D20DFDE76A1F54F6B9F0E0E7C665A746993B2304',1763787600,'{"v":1,"dep":"thu","log":"03030303030303030303030303030303","from":1,"by":"usr_g2cqvk913q4vtt0","ops":[{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000001","unit":"u:1","base":"01010101010101010101010101010101:4","set":{"note":"khác"},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000001","unit":"u:1","base":"03030303030303030303030303030303:1","set":{"start":"09:00"},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000006","unit":"u:1","base":null,"set":{"counts":[{"attended":7,"female":3,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000006","unit":"u:2","base":"03030303030303030303030303030303:3","set":{},"at":1763787600}]}');
INSERT INTO "frame" VALUES(6,2,'usr_vg1x5epyzq32q6y',X'FCBD3F7F13CBC8F2C1EA9F0FC0997AD5BD666A0A0559F68FA84DBB0808502876AD9D2A12D0CA61201B4C905191F1B8AE56EBF576A952B379E4266CDF6FCBFC07',1763787600,'{"v":1,"dep":"thu","log":"02020202020202020202020202020202","from":1,"by":"usr_vg1x5epyzq32q6y","ops":[{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000001","unit":"u:1","base":"01010101010101010101010101010101:2","set":{"note":"Tại nhà văn hóa ấp"},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000007","unit":"u:1","base":null,"set":{"counts":[{"attended":3,"female":1,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]},"at":1763787600}]}');
INSERT INTO "frame" VALUES(7,2,'usr_vg1x5epyzq32q6y',X'B2AE7369DACE3199956D48BDB842C7AA5902E33DD1DA28C12F2644FC10A7B73C46372C15153EDD775C47C1D26228C5A13A9391B213C40BD008308294FC27110F',1763787600,'{"v":1,"dep":"thu","log":"02020202020202020202020202020202","from":1,"by":"usr_vg1x5epyzq32q6y","ops":[{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000001","unit":"u:1","base":"01010101010101010101010101010101:2","set":{"note":"Tại nhà văn hóa ấp"},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000001","unit":"u:1","base":"02020202020202020202020202020202:1","set":{"start":"08:00"},"at":1763787600},{"k":"put","t":"training_session","sv":1,"id":"00000000-0000-0000-0000-000000000008","unit":"u:1","base":null,"set":{"counts":[{"attended":2,"female":1,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]},"at":1763787600}]}');
CREATE TABLE log (
  no     INTEGER PRIMARY KEY,
  id     BLOB NOT NULL UNIQUE,
  device INTEGER NOT NULL REFERENCES device (no)
) STRICT;
INSERT INTO "log" VALUES(1,X'01010101010101010101010101010101',1);
INSERT INTO "log" VALUES(2,X'02020202020202020202020202020202',2);
INSERT INTO "log" VALUES(3,X'03030303030303030303030303030303',3);
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,               -- deployment, epoch, secret, boundaries, schema_version.
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('boundaries',0);
INSERT INTO "meta" VALUES('deployment','thu');
INSERT INTO "meta" VALUES('epoch','Fi2NooZU');
INSERT INTO "meta" VALUES('secret',X'0BECBB185CDCD4CF416DCEA6D03718C497FD1005401CAE1667D719E26F822E02');
CREATE TABLE operation (
  fseq     INTEGER PRIMARY KEY,         -- Arrival number: the receipt. Never changes.
  log      INTEGER NOT NULL REFERENCES log (no),
  seq      INTEGER NOT NULL,
  frame    INTEGER NOT NULL REFERENCES frame (no),
  start    INTEGER NOT NULL,            -- Where its exact text is in the frame's, bytes.
  length   INTEGER NOT NULL,
  sha256   BLOB NOT NULL,
  at       INTEGER NOT NULL,            -- Author's clock; information for people.
  verdict  TEXT NOT NULL,
  code     TEXT,
  findings TEXT,                        -- JSON, warnings included.
  record   INTEGER REFERENCES record (no), -- Set once it was applied or became a branch.
  applied  INTEGER,                     -- Feed number at which it took effect.
  UNIQUE (log, seq)
) STRICT;
INSERT INTO "operation" VALUES(4,1,1,1,103,93,X'DBECFDF353DF8E94DABBAFFAD1B2F98FC3B071FC48A7AC14D7B7B377A82B74F3',1763787600,'accepted',NULL,NULL,NULL,NULL);
INSERT INTO "operation" VALUES(5,1,2,1,197,278,X'4B71DEAA1FBB21E8AF565C062341003FB7944F3A51FE5CDE6B60E29EEC32E506',1763787600,'accepted',NULL,NULL,1,5);
INSERT INTO "operation" VALUES(6,1,3,1,476,185,X'D886B62AE52009559D33E5C9E1685934C3A88EB9DA978C2D66D2C244AA76EF74',1763787600,'accepted',NULL,NULL,1,6);
INSERT INTO "operation" VALUES(7,1,4,1,662,201,X'ACD222A394E26A8E4DD2B176592050E01EC648C8132832113EA60E6604908C86',1763787600,'accepted',NULL,NULL,1,7);
INSERT INTO "operation" VALUES(8,1,5,2,103,276,X'93CE746A23E9B46ED461FDB76F9E73B206F8C9F94DC8EAE4E2015B5393C8F4CA',1763787600,'accepted',NULL,NULL,2,8);
INSERT INTO "operation" VALUES(9,1,6,2,380,159,X'7FC017D6ED00CD77B8C63D742936417D9A865A30853B19CED8EAEA297F9508BF',1763787600,'accepted',NULL,NULL,2,9);
INSERT INTO "operation" VALUES(10,1,7,2,540,162,X'0F58DFA09F8D988DD89CCFDD755A18197F2ED9EC7642E12E398A6C79113F40A8',1763787600,'accepted',NULL,NULL,2,10);
INSERT INTO "operation" VALUES(11,1,8,2,703,276,X'60AC22613C92574B3BB124E9F32754B47F2E31F09D821138063B17AA666B087B',1763787600,'held','SCOPE',NULL,NULL,NULL);
INSERT INTO "operation" VALUES(12,1,9,3,103,280,X'EC5A5EDE764A95D14556A1450272E700377A1BE9B0044CF2D31F04F65BB7B32B',1763787600,'held','UNIT_UNKNOWN',NULL,NULL,NULL);
INSERT INTO "operation" VALUES(13,1,10,3,384,185,X'A5DB736E23562950C9B19AFFCA8737073072B7B8C171F9AF30F9E9B35D58B638',1763787600,'held','PARENT_HELD',NULL,NULL,NULL);
INSERT INTO "operation" VALUES(14,1,11,3,570,166,X'54F24E5C851CD9F35EABC959255300B549622141807A1BE8B73831DD27CEA226',1763787600,'rejected','INVALID','[{"code":"form_missing","path":"form","severity":"error"},{"code":"topics_missing","path":"topics","severity":"error"},{"code":"counts_empty","path":"counts","severity":"error"}]',NULL,NULL);
INSERT INTO "operation" VALUES(15,2,1,4,103,201,X'AAC180B3C317F7D994CB888E8442B96551726324B623CF5CBB84C2009BAB35A6',1763787600,'accepted',NULL,NULL,1,15);
INSERT INTO "operation" VALUES(16,2,2,4,305,182,X'ECE1CA2BBCF743BE9009D35FC6CE9AB2EB3FFE4D1A19D166023F952BFF75D4F9',1763787600,'accepted',NULL,NULL,1,16);
INSERT INTO "operation" VALUES(17,3,1,5,103,181,X'2E1A43FF072BDB79E383BC4CFE088B7EEC806DF2170C02B45C613A3553613827',1763787600,'conflicted','BASE_CHANGED',NULL,1,NULL);
INSERT INTO "operation" VALUES(18,3,2,5,285,182,X'C4A239BE284377CFCB32D6967765CAA1F380FFFCDC77B2FFF524616F681F6581',1763787600,'conflicted','BASE_CHANGED',NULL,1,NULL);
INSERT INTO "operation" VALUES(19,3,3,5,468,276,X'EFD62CCABE67893A7BFBD3AB53E05420F72A37B09A180C707EBC5284C7894BA3',1763787600,'accepted',NULL,NULL,3,19);
INSERT INTO "operation" VALUES(20,3,4,5,745,167,X'9CE978F27E032FB28FB36BE086A072C8D24488E93E9877FFDB7335727C946EB4',1763787600,'accepted',NULL,NULL,3,20);
INSERT INTO "operation" VALUES(22,2,3,7,488,276,X'8AFBF6A1F9A5C1B25498F2817E252988549FDF25C4ADD83C6AE967899791D068',1763787600,'quarantined','DEVICE_REVOKED',NULL,NULL,NULL);
CREATE TABLE place (                    -- Small numbers for the uids that records name.
  no  INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO "place" VALUES(1,'u:1');
INSERT INTO "place" VALUES(2,'u:2');
CREATE TABLE quarantine (               -- Another content under a number already taken: a forked log.
  fseq   INTEGER PRIMARY KEY,
  log    INTEGER NOT NULL REFERENCES log (no),
  seq    INTEGER NOT NULL,
  frame  INTEGER NOT NULL REFERENCES frame (no),
  start  INTEGER NOT NULL,
  length INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  UNIQUE (log, seq, sha256)
) STRICT;
INSERT INTO "quarantine" VALUES(21,2,2,6,305,276,X'3FE12AF82CD4ACB69DEB2A6BDB113B5B6F3E3BDEC81ACFBAE013AC7849A6046F');
CREATE TABLE record (
  no    INTEGER PRIMARY KEY,
  id    BLOB NOT NULL UNIQUE,
  kind  TEXT NOT NULL,
  unit  INTEGER NOT NULL REFERENCES place (no),
  head  INTEGER NOT NULL,               -- Arrival number of the operation that made it so.
  fseq  INTEGER NOT NULL,               -- Feed number of the change.
  void  INTEGER NOT NULL,
  body  TEXT NOT NULL
) STRICT;
INSERT INTO "record" VALUES(1,X'00000000000000000000000000000001','training_session',1,16,16,0,'{"counts":[{"attended":20,"female":10,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","start":"08:00","topics":["vneid"]}');
INSERT INTO "record" VALUES(2,X'00000000000000000000000000000002','training_session',1,10,10,0,'{"counts":[{"attended":9,"female":4,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]}');
INSERT INTO "record" VALUES(3,X'00000000000000000000000000000006','training_session',2,20,20,0,'{"counts":[{"attended":7,"female":3,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]}');
CREATE TABLE rollup (                   -- Kept in the judging transaction; `target_group` '' counts each session once.
  unit              INTEGER NOT NULL REFERENCES place (no),
  date              TEXT NOT NULL,
  target_group      TEXT NOT NULL,
  sessions          INTEGER NOT NULL,
  attended          INTEGER NOT NULL,
  female            INTEGER NOT NULL,
  first_time        INTEGER NOT NULL,
  khmer             INTEGER NOT NULL,
  ethnic_minority   INTEGER NOT NULL,
  elderly           INTEGER NOT NULL,
  disabled          INTEGER NOT NULL,
  poor              INTEGER NOT NULL,
  assessed          INTEGER NOT NULL,
  completed         INTEGER NOT NULL,
  PRIMARY KEY (unit, date, target_group)
) STRICT, WITHOUT ROWID;
INSERT INTO "rollup" VALUES(1,'2025-11-20','',2,29,14,0,0,0,0,0,0,0,0);
INSERT INTO "rollup" VALUES(1,'2025-11-20','adult',2,29,14,0,0,0,0,0,0,0,0);
INSERT INTO "rollup" VALUES(2,'2025-11-20','',1,7,3,0,0,0,0,0,0,0,0);
INSERT INTO "rollup" VALUES(2,'2025-11-20','adult',1,7,3,0,0,0,0,0,0,0,0);
CREATE TABLE succession (
  old         TEXT NOT NULL,
  new         TEXT NOT NULL,
  kind        TEXT NOT NULL,
  effective   TEXT NOT NULL,
  legal_basis TEXT NOT NULL,
  PRIMARY KEY (old, new)
) STRICT, WITHOUT ROWID;
CREATE TABLE unit (                     -- Units made by people; the shipped ones are in the program.
  uid        TEXT PRIMARY KEY,
  level      TEXT NOT NULL,
  name       TEXT NOT NULL,
  parent     TEXT NOT NULL,
  code       TEXT,
  valid_from TEXT,
  valid_to   TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO "unit" VALUES('u:1','hamlet','Ấp u:1','new:29242',NULL,NULL,NULL);
INSERT INTO "unit" VALUES('u:2','hamlet','Ấp u:2','new:29242',NULL,NULL,NULL);
INSERT INTO "unit" VALUES('u:9','hamlet','Ấp u:9','new:29254',NULL,NULL,NULL);
CREATE TABLE user (
  no   INTEGER PRIMARY KEY,
  id   TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
) STRICT;
INSERT INTO "user" VALUES(1,'usr_hjtmtw51d7yyn9p','Lan');
INSERT INTO "user" VALUES(2,'usr_vg1x5epyzq32q6y','Lan');
INSERT INTO "user" VALUES(3,'usr_g2cqvk913q4vtt0','Lan');
CREATE TABLE version (                  -- States that are no head: earlier heads and branches.
  op   INTEGER PRIMARY KEY,              -- Arrival number of the operation that made it so.
  unit INTEGER NOT NULL REFERENCES place (no),
  void INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
INSERT INTO "version" VALUES(5,1,0,'{"counts":[{"attended":20,"female":10,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]}');
INSERT INTO "version" VALUES(6,1,0,'{"counts":[{"attended":20,"female":10,"group":"adult"}],"date":"2025-11-20","form":"class","note":"của Lan","topics":["vneid"]}');
INSERT INTO "version" VALUES(7,1,0,'{"counts":[{"attended":20,"female":10,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]}');
INSERT INTO "version" VALUES(8,1,0,'{"counts":[{"attended":9,"female":4,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]}');
INSERT INTO "version" VALUES(9,1,1,'{"counts":[{"attended":9,"female":4,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]}');
INSERT INTO "version" VALUES(15,1,0,'{"counts":[{"attended":20,"female":10,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]}');
INSERT INTO "version" VALUES(17,1,0,'{"counts":[{"attended":20,"female":10,"group":"adult"}],"date":"2025-11-20","form":"class","note":"khác","topics":["vneid"]}');
INSERT INTO "version" VALUES(18,1,0,'{"counts":[{"attended":20,"female":10,"group":"adult"}],"date":"2025-11-20","form":"class","note":"khác","start":"09:00","topics":["vneid"]}');
INSERT INTO "version" VALUES(19,1,0,'{"counts":[{"attended":7,"female":3,"group":"adult"}],"date":"2025-11-20","form":"class","note":"Tại nhà văn hóa ấp","topics":["vneid"]}');
CREATE TABLE waiting (                  -- What a held operation waits for: op:<log>:<seq>, unit:<uid>, scope, schema.
  cause TEXT NOT NULL,
  fseq  INTEGER NOT NULL REFERENCES operation (fseq),
  PRIMARY KEY (cause, fseq)
) STRICT, WITHOUT ROWID;
INSERT INTO "waiting" VALUES('op:01010101010101010101010101010101:9',13);
INSERT INTO "waiting" VALUES('scope',11);
INSERT INTO "waiting" VALUES('unit:u:later',12);
CREATE INDEX operation_unsettled ON operation (verdict, record) WHERE verdict <> 'accepted';
CREATE INDEX record_feed ON record (unit, fseq);
CREATE INDEX event_verdict ON event (log, fseq) WHERE log IS NOT NULL;
CREATE INDEX event_unit ON event (fseq) WHERE unit IS NOT NULL;
COMMIT;
PRAGMA user_version = 1;
