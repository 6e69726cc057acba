CREATE TABLE a$$ (b$c$ int); CREATE TABLE t$ (x int);
SELECT $1, b$$;