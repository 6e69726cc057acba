SELECT 1;
SET @@sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES');
SELECT "a\";