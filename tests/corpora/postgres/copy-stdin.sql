CREATE TABLE t (a text, b int);
COPY t (a, b) FROM stdin;
x;y	1
it's	2
\.

SELECT 1;