-- details: nickname, address, notes and more of a contact as JSON; none for the many that have nothing of it. An own label of a number
-- stands with the number, in contacts.numbers.
ALTER TABLE contacts ADD COLUMN details TEXT;
