SELECT E'a' -- x
 'b\';c'; SELECT 2;