"""Databases for one test each: made, asked, dumped and dropped. Must never touch one that it did not make."""

import os
import pathlib
import re
import secrets
import sqlite3
import tempfile

import psycopg
import pymysql

VARIABLES = {
    "postgres": "INITIUM_TEST_POSTGRES_URL",
    "mysql": "INITIUM_TEST_MYSQL_URL",
    "mariadb": "INITIUM_TEST_MARIADB_URL",
}
ADDRESS = re.compile(r"\w+://(?P<user>[^:]+):(?P<password>[^@]+)@(?P<host>[^:/]+):(?P<port>\d+)/")


class Database:
    def __init__(self, case, kind):
        self.kind = kind
        self.name = "switching_" + secrets.token_hex(6)
        if kind == "sqlite":
            folder = tempfile.TemporaryDirectory(prefix="switching")
            case.addCleanup(folder.cleanup)
            self.path = pathlib.Path(folder.name) / "app.db"
            self.ask("select 1")
            return
        address = os.environ.get(VARIABLES[kind])
        if not address:
            if os.environ.get("SWITCHING_REQUIRED"):
                case.fail(f"{VARIABLES[kind]} is not set")
            case.skipTest(f"{VARIABLES[kind]} is not set")
        found = ADDRESS.match(address)
        self.user, self.password, self.host, self.port = found["user"], found["password"], found["host"], found["port"]
        more = "" if kind == "postgres" else " character set utf8mb4"
        self.serve(f"create database {self.name}{more}")
        case.addCleanup(self.drop)

    def drop(self):
        force = " with (force)" if self.kind == "postgres" else ""
        self.serve(f"drop database if exists {self.name}{force}")

    def connect(self, database):
        if self.kind == "postgres":
            words = dict(host=self.host, port=self.port, user=self.user, password=self.password)
            return psycopg.connect(dbname=database or "postgres", autocommit=True, **words)
        words = dict(host=self.host, port=int(self.port), user=self.user, password=self.password)
        return pymysql.connect(database=database, autocommit=True, charset="utf8mb4", **words)

    def serve(self, statement):
        connection = self.connect(None)
        try:
            connection.cursor().execute(statement)
        finally:
            connection.close()

    def ask(self, statement):
        """The rows, each a dict."""
        connection = sqlite3.connect(self.path) if self.kind == "sqlite" else self.connect(self.name)
        try:
            cursor = connection.cursor()
            cursor.execute(statement)
            names = [column[0] for column in cursor.description or ()]
            rows = [dict(zip(names, row)) for row in cursor.fetchall()] if names else []
            connection.commit()
            return rows
        finally:
            connection.close()

    def tables(self):
        if self.kind == "sqlite":
            rows = self.ask("select name from sqlite_master where type = 'table'")
        elif self.kind == "postgres":
            rows = self.ask(
                "select case schemaname when 'public' then '' else schemaname || '.' end || tablename as name"
                " from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
            )
        else:
            rows = self.ask("select table_name as name from information_schema.tables where table_schema = database()")
        return sorted(row["name"] for row in rows)

    def shape(self, table):
        """How the table was made, as the database tells it."""
        if self.kind == "sqlite":
            rows = self.ask(f"select type, name, sql from sqlite_master where tbl_name = '{table}' order by type, name")
        elif self.kind == "postgres":
            schema, name = f"public.{table}".split(".")[-2:]
            where = f"table_schema = '{schema}' and table_name = '{name}' order by ordinal_position"
            columns = self.ask(f"select column_name, data_type, is_nullable, column_default from information_schema.columns where {where}")
            indexes = self.ask(f"select indexdef from pg_indexes where schemaname = '{schema}' and tablename = '{name}' order by 1")
            rows = columns + indexes
        else:
            rows = [{"made": re.sub(r" AUTO_INCREMENT=\d+", "", list(self.ask(f"show create table `{table}`")[0].values())[1])}]
        return rows

    def rows(self, table):
        rows = self.ask(f"select * from {table}")
        return sorted(({name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()} for row in rows), key=repr)

    def dump(self, tables):
        return {table: (self.shape(table), self.rows(table)) for table in tables}

    @property
    def url(self):
        """As ours reads it."""
        if self.kind == "sqlite":
            return f"sqlite:{self.path}"
        return f"{self.kind}://{self.user}:{self.password}@{self.host}:{self.port}/{self.name}"

    def address(self, scheme):
        return f"{scheme}://{self.user}:{self.password}@{self.host}:{self.port}/{self.name}"
