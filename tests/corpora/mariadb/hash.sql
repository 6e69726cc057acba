SELECT 1 # it's; one
+1; SELECT 2;# end