-- What belongs together, what takes back what, which closed day is corrected, which line of the tariff is posted.
ALTER TABLE ledger ADD COLUMN group_id integer;
ALTER TABLE ledger ADD COLUMN reverses integer;
ALTER TABLE ledger ADD COLUMN corrects_day integer;
ALTER TABLE ledger ADD COLUMN line text;
UPDATE ledger SET group_id = id;
