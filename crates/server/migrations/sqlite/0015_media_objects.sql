-- object: the name of a content in the folder or bucket of contents; none while it is still here, in bytes. Where there is an object bytes is
-- empty rather than NULL: to let it be NULL SQLite would have to write all contents anew, and the server would start only after that.
ALTER TABLE media_contents ADD COLUMN object TEXT;
CREATE UNIQUE INDEX media_contents_by_object ON media_contents (object) WHERE object IS NOT NULL;
CREATE INDEX media_contents_to_move ON media_contents (hash) WHERE object IS NULL;
