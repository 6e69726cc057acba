-- Tables of a wiki: bytes for texts, names that are reserved words, odd defaults.
CREATE TABLE user (
  user_id int unsigned NOT NULL PRIMARY KEY AUTO_INCREMENT,
  user_name varchar(255) binary NOT NULL default '',
  user_real_name varbinary(255) NOT NULL default '',
  user_password tinyblob NOT NULL,
  user_newpass_time binary(14),
  user_touched binary(14) NOT NULL,
  user_token binary(32) NOT NULL default '',
  user_editcount int
) CHARSET=utf8mb4;
CREATE UNIQUE INDEX user_name ON user (user_name);
CREATE TABLE page (
  page_id int unsigned NOT NULL PRIMARY KEY AUTO_INCREMENT,
  page_namespace int NOT NULL,
  page_title varchar(255) binary NOT NULL,
  page_is_redirect tinyint unsigned NOT NULL default 0,
  page_random real unsigned NOT NULL,
  page_touched binary(14) NOT NULL default '19700101000000',
  page_latest int unsigned NOT NULL,
  page_len int unsigned NOT NULL,
  page_content_model varbinary(32) DEFAULT NULL
) CHARSET=utf8mb4;
CREATE UNIQUE INDEX name_title ON page (page_namespace,page_title);
CREATE INDEX page_random ON page (page_random);
CREATE INDEX page_redirect_namespace_len ON page (page_is_redirect, page_namespace, page_len);
CREATE TABLE revision (
  rev_id bigint unsigned NOT NULL AUTO_INCREMENT,
  rev_page int unsigned NOT NULL,
  rev_timestamp binary(14) NOT NULL,
  rev_minor_edit tinyint unsigned NOT NULL DEFAULT 0,
  rev_sha1 varbinary(32) NOT NULL default '',
  PRIMARY KEY (rev_id),
  KEY rev_page_timestamp (rev_page, rev_timestamp)
) CHARSET=utf8mb4;
CREATE TABLE image (
  img_name varchar(255) binary NOT NULL default '' PRIMARY KEY,
  img_size int unsigned NOT NULL default 0,
  img_metadata mediumblob NOT NULL,
  img_media_type ENUM('UNKNOWN','BITMAP','DRAWING','AUDIO','VIDEO','MULTIMEDIA','OFFICE','TEXT','EXECUTABLE','ARCHIVE','3D') default NULL,
  img_major_mime ENUM('unknown','application','audio','image','text','video','message','model','multipart','chemical') NOT NULL default 'unknown',
  img_timestamp varbinary(14) NOT NULL default ''
) CHARSET=utf8mb4;
CREATE TABLE searchindex (
  si_page int unsigned NOT NULL,
  si_title varchar(255) NOT NULL default '',
  si_text mediumtext NOT NULL,
  UNIQUE KEY si_page (si_page),
  FULLTEXT KEY si_title (si_title),
  FULLTEXT KEY si_text (si_text)
) ENGINE=MyISAM CHARSET=utf8mb4;
CREATE TABLE objectcache (
  keyname varbinary(255) NOT NULL default '' PRIMARY KEY,
  value mediumblob,
  exptime datetime
) CHARSET=utf8mb4;
CREATE INDEX exptime ON objectcache (exptime);
