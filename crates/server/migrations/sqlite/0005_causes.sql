-- Why a text was not delivered has a code, for which the app has words. What was said before these codes gets the one that means the same.
ALTER TABLE deliveries ADD COLUMN cause TEXT;
UPDATE deliveries SET cause = '{"code":"no_carrier"}' WHERE reason LIKE 'no carrier is set up for %';
UPDATE deliveries SET cause = '{"code":"number_not_in_use"}' WHERE reason = 'The number is no longer in use.';
UPDATE deliveries SET cause = '{"code":"number_not_reached"}' WHERE reason = 'The number could not be reached.';
UPDATE deliveries SET cause = '{"code":"number_not_reached"}' WHERE reason = 'The phone could not be reached for three days.';
UPDATE deliveries SET cause = '{"code":"number_cannot_receive_texts"}' WHERE reason = 'The number can''t receive texts.';
UPDATE deliveries SET cause = '{"code":"number_cannot_receive_texts"}' WHERE reason = 'The number is a landline and can''t receive texts.';
UPDATE deliveries SET cause = '{"code":"number_cannot_receive_group_texts"}' WHERE reason = 'The number can''t receive group texts.';
UPDATE deliveries SET cause = '{"code":"number_cannot_receive_files"}' WHERE reason = 'The number can''t receive pictures or files.';
