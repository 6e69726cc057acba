/* ' */ SELECT 'it''s; -- no end';
-- '
SELECT "a;b", `c;d`;