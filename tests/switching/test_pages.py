"""The commands of docs/switching, run as they stand there on a folder of that tool. (Catches a page that names a flag
or a verb that there is not, and a page of a tool that nobody tried.)"""

import os
import pathlib
import re
import sys
import tempfile
import unittest

import tools
from databases import Database
from every import ALL
from ours import BINARY
from tools import DOWN, NAMES, UP, run

PAGES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "switching"
NAMED = {tool.name: tool for tool in ALL}


def commands(page):
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text(), re.S | re.M)
    return "".join(blocks)


class Pages(unittest.TestCase):
    def work(self):
        folder = tempfile.TemporaryDirectory(prefix="switching")
        self.addCleanup(folder.cleanup)
        folder = pathlib.Path(folder.name)
        (folder / "bin").mkdir()
        (folder / "bin" / "initium").symlink_to(BINARY)
        (folder / "work").mkdir()
        return folder / "work"

    def runs(self, page, database, work):
        text = commands(PAGES / page)
        self.assertEqual(len(text.splitlines()), 5, "a page has five commands")
        path = ":".join([str(work.parent / "bin"), str(tools.FOLDER / "python/bin"), os.environ["PATH"]])
        ran = run(["bash", "-euo", "pipefail", "-x", "-c", text], cwd=work, PATH=path, DATABASE_URL=database.url)
        self.assertEqual(ran.status, 0, str(ran))
        self.assertEqual(len(database.ask("select id, born from users")), 1, str(ran))

    def page(self, tool):
        tool.program(self)
        kind = tool.databases[0]
        work = self.work()
        folder = re.search(r"--dir (\S+)", commands(PAGES / f"{tool.name}.md"))[1]
        folder = work if folder == "." else work / folder
        database = Database(self, kind)
        folder.mkdir(parents=True, exist_ok=True)
        tool.write(folder, kind, 2)
        ran = tool.up(database, folder)
        self.assertEqual(ran.status, 0, str(ran))
        tool.write(folder, kind, len(NAMES))
        self.runs(f"{tool.name}.md", database, work)

    def test_alembic(self):
        work, database = self.work(), Database(self, "postgres")
        versions = work / "alembic" / "versions"
        versions.mkdir(parents=True)
        (work / "alembic.ini").write_text("[alembic]\nscript_location = alembic\n")
        (work / "alembic" / "env.py").write_text(ENVIRONMENT)
        for i in range(len(NAMES)):
            before = repr(f"r{i}") if i else None
            text = f"from alembic import op\nrevision = 'r{i + 1}'\ndown_revision = {before}\n"
            text += f"def upgrade():\n    op.execute({UP[i]!r})\ndef downgrade():\n    op.execute({DOWN[i]!r})\n"
            (versions / f"r{i + 1}.py").write_text(text)
        alembic = [sys.executable, "-m", "alembic"]
        ran = run([*alembic, "upgrade", "head"], cwd=work, DATABASE_URL=database.url)
        self.assertEqual(ran.status, 0, str(ran))
        before = database.dump(["alembic_version"])
        self.runs("alembic.md", database, work)
        self.assertEqual(database.dump(["alembic_version"]), before)

        # What is new behind it, and a database that is empty.
        (work / "migrations" / "0002_more.sql").write_text("create table more (id integer primary key);\n")
        for other in (database, Database(self, "postgres")):
            ran = run([BINARY, "migrate", "apply", "--dir", "migrations"], cwd=work, DATABASE_URL=other.url)
            self.assertEqual(ran.status, 0, str(ran))
            self.assertEqual(len(other.ask("select id from users")), 1)
            self.assertEqual(other.ask("select id from more"), [])

    def test_every_page_is_in_the_index_and_the_other_way_round(self):
        index = (PAGES / "README.md").read_text()
        linked = set(re.findall(r"\]\(([a-z-]+)\.md\)", index))
        there = {path.stem for path in PAGES.glob("*.md")} - {"README"}
        self.assertEqual(linked, there)
        self.assertEqual(there, set(NAMED) | {"alembic"})


ENVIRONMENT = """
import os
from alembic import context
from sqlalchemy import create_engine
url = os.environ["DATABASE_URL"].replace("postgres://", "postgresql+psycopg://")
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""

for one in ALL:
    setattr(Pages, f"test_{one.name.replace('-', '_')}", lambda case, tool=one: case.page(tool))
