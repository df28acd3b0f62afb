-- The manifest as version 3 of module "cache" left it: as version 2, and a blob that was held against its digest.
CREATE TABLE cache_places(number INTEGER PRIMARY KEY, place TEXT NOT NULL UNIQUE);
CREATE TABLE cache_artifacts(
  number INTEGER PRIMARY KEY, place INTEGER NOT NULL, key TEXT NOT NULL, alias TEXT NOT NULL,
  kind TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL,
  suffix TEXT NOT NULL, source_sha256 TEXT NOT NULL, source_size INTEGER NOT NULL,
  source_name TEXT NOT NULL, processor_id TEXT NOT NULL, processor_version INTEGER NOT NULL,
  parameters TEXT NOT NULL, report TEXT NOT NULL, made_by TEXT NOT NULL,
  created_at INTEGER NOT NULL, last_used INTEGER NOT NULL, pinned INTEGER NOT NULL DEFAULT 0,
  UNIQUE(place, key));
CREATE INDEX cache_artifacts_by_blob ON cache_artifacts(sha256);
CREATE INDEX cache_artifacts_by_source ON cache_artifacts(source_size, source_sha256);
CREATE INDEX cache_artifacts_by_use ON cache_artifacts(place, last_used);
CREATE TABLE cache_sources(
  device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
  ctime INTEGER NOT NULL, sha256 TEXT NOT NULL, noted_at INTEGER NOT NULL,
  PRIMARY KEY(device, inode)) WITHOUT ROWID;
CREATE TABLE cache_remote_sources(
  url TEXT PRIMARY KEY, etag TEXT NOT NULL, sha256 TEXT NOT NULL, md5 TEXT NOT NULL,
  size INTEGER NOT NULL, format TEXT NOT NULL, noted_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE cache_checked(
  place INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
  boot TEXT NOT NULL, PRIMARY KEY(place, sha256)) WITHOUT ROWID;
INSERT INTO modules VALUES('cache', 3);
INSERT INTO cache_places VALUES (1, '/cache');
INSERT INTO cache_artifacts VALUES (1, 1,
  '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae', 'local/calls.vcf/data/variant-sort/0123456789abcdef-v1',
  'data', 'fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9', 4096, 'application/octet-stream', '.vcf.gz',
  '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 9000, 'calls.vcf', 'variant-sort', 1,
  '{"codec":"libdeflate 1.14","level":"6"}', '{"records":3}', 'p0123456789c', 1767225604000, 1767225605000, 1);
INSERT INTO cache_sources VALUES (2049, 131, 9000, 1767225000000000000, 1767225000000000001,
  '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 1767225604000);
INSERT INTO cache_remote_sources VALUES ('https://host/calls.vcf', '"tag"',
  '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef', 9000, 'vcf', 1767225604000);
INSERT INTO cache_checked VALUES (1, 'fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9', 4096, 1767225604000000000,
  '0b1ea1f6-5d5f-4a5e-9d6a-0c1f6f3f4b9a');
