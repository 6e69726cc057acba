-- The sample of a trader, with names that hold blanks, and a view over orders.
CREATE TABLE `Categories` (`CategoryID` INTEGER NOT NULL AUTO_INCREMENT, `CategoryName` VARCHAR(15) NOT NULL, `Description` MEDIUMTEXT, `Picture` LONGBLOB, CONSTRAINT `PK_Categories` PRIMARY KEY (`CategoryID`));
CREATE INDEX `CategoryName` ON `Categories` (`CategoryName`);
CREATE TABLE `Customers` (`CustomerID` VARCHAR(5) NOT NULL, `CompanyName` VARCHAR(40) NOT NULL, `City` VARCHAR(15), `Region` VARCHAR(15), CONSTRAINT `PK_Customers` PRIMARY KEY (`CustomerID`));
CREATE TABLE `Products` (`ProductID` INTEGER NOT NULL AUTO_INCREMENT, `ProductName` VARCHAR(40) NOT NULL, `CategoryID` INTEGER, `QuantityPerUnit` VARCHAR(20), `UnitPrice` DECIMAL(10,4) DEFAULT 0, `UnitsInStock` SMALLINT(2) DEFAULT 0, `Discontinued` BIT NOT NULL DEFAULT 0, CONSTRAINT `PK_Products` PRIMARY KEY (`ProductID`));
CREATE TABLE `Orders` (`OrderID` INTEGER NOT NULL AUTO_INCREMENT, `CustomerID` VARCHAR(5), `OrderDate` DATETIME, `Freight` DECIMAL(10,4) DEFAULT 0, `Ship Name` VARCHAR(40), CONSTRAINT `PK_Orders` PRIMARY KEY (`OrderID`));
CREATE TABLE `Order Details` (`OrderID` INTEGER NOT NULL, `ProductID` INTEGER NOT NULL, `UnitPrice` DECIMAL(10,4) NOT NULL DEFAULT 0, `Quantity` SMALLINT(2) NOT NULL DEFAULT 1, `Discount` REAL(8,0) NOT NULL DEFAULT 0, CONSTRAINT `PK_Order Details` PRIMARY KEY (`OrderID`, `ProductID`));
ALTER TABLE `Products` ADD CONSTRAINT `FK_Products_Categories` FOREIGN KEY (`CategoryID`) REFERENCES `Categories` (`CategoryID`);
ALTER TABLE `Orders` ADD CONSTRAINT `FK_Orders_Customers` FOREIGN KEY (`CustomerID`) REFERENCES `Customers` (`CustomerID`);
ALTER TABLE `Order Details` ADD CONSTRAINT `FK_Order_Details_Orders` FOREIGN KEY (`OrderID`) REFERENCES `Orders` (`OrderID`);
ALTER TABLE `Order Details` ADD CONSTRAINT `FK_Order_Details_Products` FOREIGN KEY (`ProductID`) REFERENCES `Products` (`ProductID`);
CREATE VIEW `Alphabetical list of products` AS SELECT Products.*, Categories.CategoryName FROM Categories INNER JOIN Products ON Categories.CategoryID = Products.CategoryID WHERE (((Products.Discontinued)=0));
CREATE VIEW `Order Subtotals` AS SELECT `Order Details`.OrderID, Sum((`Order Details`.UnitPrice*Quantity*(1-Discount)/100)*100) AS Subtotal FROM `Order Details` GROUP BY `Order Details`.OrderID;
CREATE VIEW `Products Above Average Price` AS SELECT Products.ProductName, Products.UnitPrice FROM Products WHERE Products.UnitPrice>(SELECT AVG(UnitPrice) From Products);
CREATE PROCEDURE `Ten Most Expensive`() SELECT Products.ProductName AS TenMostExpensiveProducts, Products.UnitPrice FROM Products ORDER BY Products.UnitPrice DESC LIMIT 10;
