-- Jobs that failed at every attempt, until somebody looks at them: why, and what it takes to try them again.
CREATE TABLE dead_jobs (
    lane TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    reason TEXT NOT NULL,
    failed_at BIGINT NOT NULL,
    PRIMARY KEY (lane, position)
);
