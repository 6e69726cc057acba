-- The trader's orders: names with blanks, checks, defaults and views that join them.
CREATE TABLE "Categories" (
  "CategoryID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "CategoryName" TEXT,
  "Description" TEXT,
  "Picture" BLOB
);
CREATE TABLE "Customers" ("CustomerID" TEXT, "CompanyName" TEXT, PRIMARY KEY (`CustomerID`));
CREATE TABLE "Employees" (
  "EmployeeID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "LastName" TEXT,
  "HireDate" DATE,
  "ReportsTo" INTEGER,
  FOREIGN KEY ("ReportsTo") REFERENCES "Employees" ("EmployeeID") ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE TABLE "Orders" (
  "OrderID" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "CustomerID" TEXT,
  "EmployeeID" INTEGER,
  "OrderDate" DATETIME,
  "Freight" NUMERIC DEFAULT 0,
  FOREIGN KEY ("EmployeeID") REFERENCES "Employees" ("EmployeeID") ON DELETE NO ACTION ON UPDATE NO ACTION,
  FOREIGN KEY ("CustomerID") REFERENCES "Customers" ("CustomerID") ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE TABLE "Products" (
  "ProductID" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "ProductName" TEXT NOT NULL,
  "CategoryID" INTEGER,
  "UnitPrice" NUMERIC DEFAULT 0,
  "Discontinued" TEXT NOT NULL DEFAULT '0',
  CHECK ("UnitPrice" >= (0)),
  FOREIGN KEY ("CategoryID") REFERENCES "Categories" ("CategoryID") ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE TABLE "Order Details" (
  "OrderID" INTEGER NOT NULL,
  "ProductID" INTEGER NOT NULL,
  "UnitPrice" NUMERIC NOT NULL DEFAULT 0,
  "Quantity" INTEGER NOT NULL DEFAULT 1,
  "Discount" REAL NOT NULL DEFAULT 0,
  PRIMARY KEY ("OrderID", "ProductID"),
  CHECK ("Discount" >= (0) AND "Discount" <= (1)),
  CHECK ("Quantity" > (0)),
  FOREIGN KEY ("OrderID") REFERENCES "Orders" ("OrderID") ON DELETE NO ACTION ON UPDATE NO ACTION,
  FOREIGN KEY ("ProductID") REFERENCES "Products" ("ProductID") ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE VIEW [Alphabetical list of products] AS
SELECT Products.*, Categories.CategoryName
FROM Categories INNER JOIN Products ON Categories.CategoryID = Products.CategoryID
WHERE (((Products.Discontinued) = 0));
CREATE VIEW [Order Subtotals] AS
SELECT [Order Details].OrderID,
Sum(([Order Details].UnitPrice * Quantity * (1 - Discount) / 100) * 100) AS Subtotal
FROM [Order Details]
GROUP BY [Order Details].OrderID;
CREATE VIEW [Sales Totals by Amount] AS
SELECT [Order Subtotals].Subtotal AS SaleAmount, Orders.OrderID, Customers.CompanyName
FROM Customers JOIN
  (Orders JOIN [Order Subtotals] ON Orders.OrderID = [Order Subtotals].OrderID)
ON Customers.CustomerID = Orders.CustomerID
WHERE ([Order Subtotals].Subtotal > 2500);
