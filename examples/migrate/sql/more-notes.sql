-- Scripts may stand in files beside the spec.
INSERT INTO notes (body) VALUES ('a note; with a semicolon');
