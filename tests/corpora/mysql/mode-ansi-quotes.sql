SELECT 1;
SET @@sql_mode = 'ANSI_QUOTES';
SELECT "a\";