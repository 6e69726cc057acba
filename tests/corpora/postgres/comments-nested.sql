/* a; /* b; */ c; */ SELECT 1; SELECT /* ' */ 2; -- it's; over
SELECT 3