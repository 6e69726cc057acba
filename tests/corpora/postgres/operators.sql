SELECT 5--3;
+1; SELECT 2 */**/ 3; SELECT 4 @-- x;
-1;