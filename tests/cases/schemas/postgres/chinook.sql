-- A shop for music, as the Chinook sample has it, with names in capitals.
CREATE TABLE "Artist" ("ArtistId" INT NOT NULL, "Name" VARCHAR(120), CONSTRAINT "PK_Artist" PRIMARY KEY ("ArtistId"));
CREATE TABLE "Album" ("AlbumId" INT NOT NULL, "Title" VARCHAR(160) NOT NULL, "ArtistId" INT NOT NULL, CONSTRAINT "PK_Album" PRIMARY KEY ("AlbumId"));
CREATE TABLE "Employee" (
    "EmployeeId" INT NOT NULL, "LastName" VARCHAR(20) NOT NULL, "FirstName" VARCHAR(20) NOT NULL, "Title" VARCHAR(30),
    "ReportsTo" INT, "BirthDate" TIMESTAMP, "HireDate" TIMESTAMP, "Address" VARCHAR(70), "City" VARCHAR(40), "State" VARCHAR(40),
    "Country" VARCHAR(40), "PostalCode" VARCHAR(10), "Phone" VARCHAR(24), "Fax" VARCHAR(24), "Email" VARCHAR(60),
    CONSTRAINT "PK_Employee" PRIMARY KEY ("EmployeeId"));
CREATE TABLE "Customer" (
    "CustomerId" INT NOT NULL, "FirstName" VARCHAR(40) NOT NULL, "LastName" VARCHAR(20) NOT NULL, "Company" VARCHAR(80),
    "Address" VARCHAR(70), "Email" VARCHAR(60) NOT NULL, "SupportRepId" INT, CONSTRAINT "PK_Customer" PRIMARY KEY ("CustomerId"));
CREATE TABLE "Genre" ("GenreId" INT NOT NULL, "Name" VARCHAR(120), CONSTRAINT "PK_Genre" PRIMARY KEY ("GenreId"));
CREATE TABLE "Invoice" (
    "InvoiceId" INT NOT NULL, "CustomerId" INT NOT NULL, "InvoiceDate" TIMESTAMP NOT NULL, "BillingAddress" VARCHAR(70),
    "Total" NUMERIC(10,2) NOT NULL, CONSTRAINT "PK_Invoice" PRIMARY KEY ("InvoiceId"));
CREATE TABLE "InvoiceLine" (
    "InvoiceLineId" INT NOT NULL, "InvoiceId" INT NOT NULL, "TrackId" INT NOT NULL, "UnitPrice" NUMERIC(10,2) NOT NULL,
    "Quantity" INT NOT NULL, CONSTRAINT "PK_InvoiceLine" PRIMARY KEY ("InvoiceLineId"));
CREATE TABLE "MediaType" ("MediaTypeId" INT NOT NULL, "Name" VARCHAR(120), CONSTRAINT "PK_MediaType" PRIMARY KEY ("MediaTypeId"));
CREATE TABLE "Playlist" ("PlaylistId" INT NOT NULL, "Name" VARCHAR(120), CONSTRAINT "PK_Playlist" PRIMARY KEY ("PlaylistId"));
CREATE TABLE "PlaylistTrack" ("PlaylistId" INT NOT NULL, "TrackId" INT NOT NULL, CONSTRAINT "PK_PlaylistTrack" PRIMARY KEY ("PlaylistId", "TrackId"));
CREATE TABLE "Track" (
    "TrackId" INT NOT NULL, "Name" VARCHAR(200) NOT NULL, "AlbumId" INT, "MediaTypeId" INT NOT NULL, "GenreId" INT,
    "Composer" VARCHAR(220), "Milliseconds" INT NOT NULL, "Bytes" INT, "UnitPrice" NUMERIC(10,2) NOT NULL, CONSTRAINT "PK_Track" PRIMARY KEY ("TrackId"));
ALTER TABLE "Album" ADD CONSTRAINT "FK_AlbumArtistId" FOREIGN KEY ("ArtistId") REFERENCES "Artist" ("ArtistId") ON DELETE NO ACTION ON UPDATE NO ACTION;
CREATE INDEX "IFK_AlbumArtistId" ON "Album" ("ArtistId");
ALTER TABLE "Customer" ADD CONSTRAINT "FK_CustomerSupportRepId" FOREIGN KEY ("SupportRepId") REFERENCES "Employee" ("EmployeeId");
CREATE INDEX "IFK_CustomerSupportRepId" ON "Customer" ("SupportRepId");
ALTER TABLE "Employee" ADD CONSTRAINT "FK_EmployeeReportsTo" FOREIGN KEY ("ReportsTo") REFERENCES "Employee" ("EmployeeId");
ALTER TABLE "Invoice" ADD CONSTRAINT "FK_InvoiceCustomerId" FOREIGN KEY ("CustomerId") REFERENCES "Customer" ("CustomerId");
ALTER TABLE "InvoiceLine" ADD CONSTRAINT "FK_InvoiceLineInvoiceId" FOREIGN KEY ("InvoiceId") REFERENCES "Invoice" ("InvoiceId");
ALTER TABLE "InvoiceLine" ADD CONSTRAINT "FK_InvoiceLineTrackId" FOREIGN KEY ("TrackId") REFERENCES "Track" ("TrackId");
ALTER TABLE "PlaylistTrack" ADD CONSTRAINT "FK_PlaylistTrackPlaylistId" FOREIGN KEY ("PlaylistId") REFERENCES "Playlist" ("PlaylistId");
ALTER TABLE "PlaylistTrack" ADD CONSTRAINT "FK_PlaylistTrackTrackId" FOREIGN KEY ("TrackId") REFERENCES "Track" ("TrackId");
ALTER TABLE "Track" ADD CONSTRAINT "FK_TrackAlbumId" FOREIGN KEY ("AlbumId") REFERENCES "Album" ("AlbumId");
ALTER TABLE "Track" ADD CONSTRAINT "FK_TrackGenreId" FOREIGN KEY ("GenreId") REFERENCES "Genre" ("GenreId");
ALTER TABLE "Track" ADD CONSTRAINT "FK_TrackMediaTypeId" FOREIGN KEY ("MediaTypeId") REFERENCES "MediaType" ("MediaTypeId");
