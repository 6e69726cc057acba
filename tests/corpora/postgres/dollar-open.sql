SELECT 1;
SELECT $a$ x; $b$;
