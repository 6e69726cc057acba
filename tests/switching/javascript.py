"""The tools that come by npm and are more than a program: they read their packages from where they stand."""

import json
import shutil

from tools import DOWN, FOLDER, NAMES, STAMPS, UP, Tool, run


class NodePgMigrate(Tool):
    name, part = "node-pg-migrate", "node"
    databases = ("postgres",)
    ledgers = ("pgmigrations",)

    def files(self, kind, count):
        stamps = ["1704067200001", "1704067200002", "1704153600000", "1709294400000"]
        text = "-- Up Migration\n{}\n-- Down Migration\n{}"
        return {f"{stamps[i]}_{NAMES[i].replace('_', '-')}.sql": text.format(UP[i], DOWN[i]) for i in range(count)}

    def up(self, database, folder):
        program = FOLDER / "node/node_modules/.bin/node-pg-migrate"
        return run([program, "up", "-m", folder], DATABASE_URL=database.address("postgres"))

    def current(self, database, folder):
        ran = self.up(database, folder)
        return ran, "No migrations to run!" in ran.said


class Drizzle(Tool):
    """It reads its packages from where it stands, so its project lies beside them."""

    name, part = "drizzle", "node"
    databases = ("postgres",)
    ledgers = ("drizzle.__drizzle_migrations",)

    def files(self, kind, count):
        entries = [
            {"idx": i, "version": "7", "when": 1704067200000 + i * 1000, "tag": f"{i:04}_{NAMES[i]}", "breakpoints": True}
            for i in range(count)
        ]
        found = {f"{entry['tag']}.sql": UP[entry["idx"]] for entry in entries}
        return found | {"meta/_journal.json": json.dumps({"version": "7", "dialect": "postgresql", "entries": entries})}

    def up(self, database, folder):
        project = FOLDER / "node" / database.name
        project.mkdir()
        try:
            shutil.copytree(folder, project / "out")
            config = "module.exports = { dialect: 'postgresql', out: './out', dbCredentials: { url: process.env.DATABASE_URL } }\n"
            (project / "drizzle.config.js").write_text(config)
            program = FOLDER / "node/node_modules/.bin/drizzle-kit"
            return run([program, "migrate"], cwd=project, DATABASE_URL=database.address("postgres"), CI="1")
        finally:
            shutil.rmtree(project)

    def current(self, database, folder):
        """It says the same either way, so its rows tell."""
        before = database.dump(self.ledgers)
        ran = self.up(database, folder)
        return ran, ran.status == 0 and database.dump(self.ledgers) == before


class Prisma(Tool):
    """Its engine as WebAssembly: the program is downloaded from elsewhere, and that is not to be had everywhere."""

    name, part, slow = "prisma", "prisma", True
    databases = ("sqlite",)
    ledgers = ("_prisma_migrations",)

    def files(self, kind, count):
        found = {f"{STAMPS[i]}_{NAMES[i]}/migration.sql": UP[i] for i in range(count)}
        return found | {"migration_lock.toml": 'provider = "sqlite"\n'}

    def up(self, database, folder):
        project = FOLDER / "prisma" / database.name
        (project / "prisma").mkdir(parents=True)
        try:
            shutil.copytree(folder, project / "prisma/migrations")
            (project / "prisma/schema.prisma").write_text('datasource db {\n  provider = "sqlite"\n  url = "file:x.db"\n}\n')
            (project / "prisma.config.ts").write_text(
                "import { PrismaBetterSQLite3 } from '@prisma/adapter-better-sqlite3'\n"
                "import { defineConfig } from 'prisma/config'\n"
                "export default defineConfig({ schema: 'prisma/schema.prisma', experimental: { adapter: true }, engine: 'js',\n"
                f"  adapter: async () => new PrismaBetterSQLite3({{ url: 'file:{database.path}' }}) }} as any)\n"
            )
            quiet = dict(CHECKPOINT_DISABLE="1", PRISMA_HIDE_UPDATE_MESSAGE="1")
            none = dict(PRISMA_QUERY_ENGINE_LIBRARY="/bin/true", PRISMA_SCHEMA_ENGINE_BINARY="/bin/true")
            return run([FOLDER / "prisma/node_modules/.bin/prisma", "migrate", "deploy"], cwd=project, **quiet, **none)
        finally:
            shutil.rmtree(project)

    def current(self, database, folder):
        ran = self.up(database, folder)
        return ran, "No pending migrations to apply." in ran.said
