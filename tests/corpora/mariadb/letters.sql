SELECT 'é🦀;'; SELECT 2;
/* ü */ SELECT 3;