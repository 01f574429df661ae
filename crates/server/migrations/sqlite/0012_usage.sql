-- What a user or a tenant has used of what they may: texts of this minute and this day (numbers since 1970), bytes of files that users of a tenant gave.
CREATE TABLE usage (
    owner TEXT NOT NULL PRIMARY KEY,
    minute BIGINT NOT NULL,
    in_minute BIGINT NOT NULL,
    day BIGINT NOT NULL,
    in_day BIGINT NOT NULL,
    bytes BIGINT NOT NULL
);
INSERT INTO usage (owner, minute, in_minute, day, in_day, bytes)
SELECT tenant, 0, 0, 0, 0, SUM(size) FROM media WHERE uploader IS NOT NULL GROUP BY tenant;
CREATE INDEX media_by_tenant ON media (tenant, size) WHERE uploader IS NOT NULL;
