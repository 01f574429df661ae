-- object: the name of a content in the folder or bucket of contents; none while it is still here, in bytes. Where there is an object bytes is
-- NULL: a server of an earlier version that still runs then fails to give the file, rather than give an empty one that devices keep.
ALTER TABLE media_contents ADD COLUMN object TEXT COLLATE "C";
ALTER TABLE media_contents ALTER COLUMN bytes DROP NOT NULL;
CREATE UNIQUE INDEX media_contents_by_object ON media_contents (object) WHERE object IS NOT NULL;
CREATE INDEX media_contents_to_move ON media_contents (hash) WHERE object IS NULL;
