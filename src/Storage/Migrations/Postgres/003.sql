-- Which shut gates a case has explained already, one bit each: a column of its own instead of a part of due_at.
ALTER TABLE control_case ADD COLUMN told integer NOT NULL DEFAULT 0;
