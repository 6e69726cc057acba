delimiter $$
CREATE PROCEDURE p()
BEGIN
  SELECT 1;
  SELECT 2;
END$$
delimiter ;;
SELECT 3;;
delimiter ;
SELECT 4;