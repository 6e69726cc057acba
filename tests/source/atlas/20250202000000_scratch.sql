-- atlas:sum ignore
CREATE TABLE scratch (id integer);
DROP TABLE scratch;
