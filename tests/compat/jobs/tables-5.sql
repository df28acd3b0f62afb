-- The job tables as version 5 of module "jobs" left them: those of version 4, with another check of words.
CREATE TABLE jobs(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK(kind = 'run' OR kind = 'preprocess' OR kind = 'service'),
  state TEXT NOT NULL CHECK(
    state = 'queued' OR state = 'starting' OR state = 'running' OR state = 'cancelling' OR
    state = 'succeeded' OR state = 'failed' OR state = 'cancelled' OR state = 'lost'),
  open INTEGER NOT NULL, holds INTEGER NOT NULL,
  key TEXT NOT NULL, directory TEXT, name TEXT, fingerprint TEXT, actor TEXT,
  attempt INTEGER NOT NULL, attempts_max INTEGER NOT NULL,
  owner_pid INTEGER, owner_start INTEGER, owner_boot TEXT, owner_namespace TEXT,
  lease_until INTEGER, not_before INTEGER, deadline INTEGER,
  cancel_actor TEXT, cancel_reason TEXT,
  submitted_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
  started_boot INTEGER, started_boot_id TEXT, duration_ms INTEGER, duration_estimated INTEGER,
  progress REAL, progress_text TEXT,
  ok INTEGER, reason TEXT, error_code TEXT, error_text TEXT, permanent INTEGER,
  exit_status INTEGER, exit_signal INTEGER, result TEXT, request TEXT NOT NULL,
  engine TEXT, pinned INTEGER NOT NULL DEFAULT 0, rebuilt INTEGER NOT NULL DEFAULT 0,
  counts TEXT, cancel_grace INTEGER);
CREATE INDEX jobs_by_key ON jobs(key);
CREATE INDEX jobs_open ON jobs(kind, state) WHERE open = 1;
CREATE UNIQUE INDEX jobs_one_per_key ON jobs(key) WHERE holds = 1;
CREATE UNIQUE INDEX jobs_one_per_directory ON jobs(directory)
  WHERE holds = 1 AND directory IS NOT NULL;
CREATE INDEX jobs_by_directory ON jobs(directory) WHERE directory IS NOT NULL;
CREATE INDEX jobs_ended ON jobs(finished_at) WHERE open = 0;
CREATE TABLE job_stages(
  job INTEGER NOT NULL, kind TEXT NOT NULL, attempt INTEGER NOT NULL, cache_key TEXT NOT NULL,
  sha256 TEXT NOT NULL, size INTEGER NOT NULL, finished_at INTEGER NOT NULL,
  PRIMARY KEY(job, kind)) WITHOUT ROWID;
CREATE TABLE job_requests(
  actor TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, job INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, PRIMARY KEY(actor, key)) WITHOUT ROWID;
CREATE TABLE job_meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE job_audit(
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  job TEXT, result TEXT);
CREATE TABLE job_events(
  place INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, at INTEGER NOT NULL,
  type TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE job_tasks(
  job INTEGER NOT NULL, task INTEGER NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL,
  name TEXT, process TEXT, tag TEXT, hash TEXT, workdir TEXT, exit_status INTEGER, error TEXT,
  submitted_at INTEGER, started_at INTEGER, finished_at INTEGER, metrics TEXT);
CREATE UNIQUE INDEX job_tasks_key ON job_tasks(job, task, attempt);
INSERT INTO modules VALUES('jobs', 5);
INSERT INTO jobs(number, id, kind, state, open, holds, key, directory, name, fingerprint, actor, attempt, attempts_max,
  owner_pid, owner_start, owner_boot, owner_namespace, lease_until, not_before, submitted_at, started_at, started_boot,
  started_boot_id, duration_estimated, ok, permanent, request)
VALUES (1, 'r0123456789a', 'run', 'running', 1, 1, 'nightly', '2049:131', 'main.nf', 'f1', 'ann', 1, 1, 4711, 99,
  'boot-of-long-ago', 'pid:[4026531836]', 0, 1767225600000, 1767225600000, 1767225600000, 1000, 'boot-of-long-ago',
  0, 0, 0, '{"pipeline":"main.nf"}');
INSERT INTO jobs(number, id, kind, state, open, holds, key, name, attempt, attempts_max, not_before, submitted_at,
  started_at, finished_at, started_boot, started_boot_id, duration_ms, duration_estimated, ok, reason, error_code,
  error_text, permanent, request)
VALUES (2, 'p0123456789b', 'preprocess', 'failed', 0, 0, 'file/0a', 'cut.bam', 1, 3, 1767225601000, 1767225601000,
  1767225601000, 1767225602500, 2000, 'boot-of-long-ago', 1500, 0, 0, 'input', 'bgzf_truncated',
  'cut.bam: the file ends inside a BGZF block', 1, '{}');
INSERT INTO jobs(number, id, kind, state, open, holds, key, name, attempt, attempts_max, not_before, submitted_at,
  started_at, finished_at, duration_ms, duration_estimated, ok, permanent, progress, progress_text, result, request)
VALUES (3, 'p0123456789c', 'preprocess', 'succeeded', 0, 0, 'file/0b', 'calls.vcf', 2, 3, 1767225603000, 1767225603000,
  1767225603000, 1767225604000, 1000, 0, 1, 0, 0.5, 'sort 1 MB', '{"records":3}', '{}');
INSERT INTO job_events VALUES (12884901889, 1, 1767225603000, 'status', '{"state":"starting"}');
INSERT INTO job_events VALUES (12884901890, 2, 1767225604000, 'complete', '{"state":"succeeded","previous":"running"}');
INSERT INTO job_stages VALUES (3, 'data', 2, 'aa11', 'bb22', 4096, 1767225604000);
INSERT INTO jobs(number, id, kind, state, open, holds, key, directory, name, fingerprint, actor, attempt, attempts_max,
  not_before, submitted_at, started_at, finished_at, duration_ms, duration_estimated, ok, reason, permanent, request,
  engine, pinned, rebuilt, counts, cancel_grace)
VALUES (4, 'r0123456789d', 'run', 'failed', 0, 0, 'lane:nightly', 'dir:1:2', 'main.nf', 'f1', 'ann', 1, 1, 1767225600000,
  1767225600000, 1767225600000, 1767225601000, 1000, 0, 0, 'task_error', 0, '{}', 'nextflow', 1, 0,
  '{"completed":1,"total":2}', 500);
INSERT INTO job_tasks VALUES (4, 1, 2, 'failed', 'P (s1)', 'P', 's1', 'ab/cdef01', '/data/work/ab/cdef01', 137,
  'out of memory', 1767225600000, 1767225600100, 1767225600900, '{"cpus":1}');
INSERT INTO job_requests VALUES ('ann', 'build-1', 'f1', 4, 9767225600000);
INSERT INTO job_audit VALUES (1, 1767225600000, 'ann', 'skip', 'r0123456789d', 'busy');
INSERT INTO job_meta VALUES ('retention', 'boot-of-long-ago 1000 1767225600000');
