-- atlas:delimiter -- end
CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL)
-- end
INSERT INTO notes VALUES (1, 'a; b')
-- end
