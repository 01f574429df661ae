-- SQLite is in the process: a statement for each step costs nothing, and there are no functions to keep.
SELECT 1;
