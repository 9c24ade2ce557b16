-- A correction by line of the tariff, where it has several: name:delta:posted;... Empty: all of it is of one line.
ALTER TABLE accrual_correction ADD COLUMN lines TEXT NOT NULL DEFAULT '';
