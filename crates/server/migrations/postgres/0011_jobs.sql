-- The queue, fair between tenants. due_at: of the first job of a lane, when it may be claimed: its run_at, or while it is claimed the
-- end of the claim. NULL of those behind it. attempts: how often it was claimed; failures: how often that ended by an error.
DROP INDEX jobs_by_time;
ALTER TABLE jobs RENAME TO jobs_before;
CREATE TABLE jobs (
    lane TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    tenant TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    due_at BIGINT,
    attempts BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    lease TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (lane, position)
);
-- The lanes of before are "deliver <conversation> <number>".
INSERT INTO jobs (lane, position, tenant, kind, payload, run_at, due_at, attempts, failures, lease, created_at)
SELECT lane, position, COALESCE((SELECT tenant FROM conversations WHERE id = SUBSTR(lane, 9, 26)), ''), kind, payload, run_at,
       CASE WHEN EXISTS (SELECT 1 FROM jobs_before AS earlier
                         WHERE earlier.lane = jobs_before.lane AND earlier.position < jobs_before.position)
            THEN NULL ELSE run_at END,
       attempts, 0, NULL, created_at
FROM jobs_before;
DROP TABLE jobs_before;
CREATE INDEX jobs_by_time ON jobs (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX jobs_by_tenant ON jobs (tenant, due_at) WHERE due_at IS NOT NULL;

ALTER TABLE dead_jobs ADD COLUMN tenant TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE dead_jobs SET tenant = COALESCE((SELECT tenant FROM conversations WHERE id = SUBSTR(lane, 9, 26)), '');

-- submitting_at: since when a carrier may have the text without our knowing; NULL when we know.
ALTER TABLE deliveries ADD COLUMN submitting_at BIGINT;
