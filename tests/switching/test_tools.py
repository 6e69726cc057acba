"""Half of a history by the real tool, the other half by ours, and back. (Catches a ledger that is read wrongly, a
checksum that is another one, a ledger of theirs that we touch, and one that we write as they would not.)"""

import pathlib
import tempfile
import unittest

import tools
from databases import Database
from every import ALL
from ours import ours
from tools import NAMES


class Switching(unittest.TestCase):
    maxDiff = None

    def passes(self, ran, status=0):
        self.assertEqual(ran.status, status, str(ran))
        return ran

    def begun(self, tool, kind):
        """A database where the tool applied the first two of four, and the folder with all."""
        tool.program(self)
        folder = tempfile.TemporaryDirectory(prefix="switching")
        self.addCleanup(folder.cleanup)
        folder = pathlib.Path(folder.name) / "db" / "migrations"
        folder.mkdir(parents=True)
        database = Database(self, kind)
        tool.write(folder, kind, 2)
        self.passes(tool.up(database, folder))
        tool.write(folder, kind, len(NAMES))
        return database, folder

    def ledgers(self, tool, database):
        """As this database spells their names."""
        found = [name for name in database.tables() if name.lower() in tool.ledgers]
        self.assertEqual(len(found), len(tool.ledgers), database.tables())
        return found

    def takes_over(self, tool, kind):
        database, folder = self.begun(tool, kind)
        ledgers = self.ledgers(tool, database)
        before = database.dump(ledgers)

        refused = self.passes(ours(tool, database, folder, "apply"), 4)
        self.assertIn("initium migrate import", refused.said)
        self.assertIn("foreign-ledger", refused.said)
        shown = self.passes(ours(tool, database, folder, "import", "--dry-run"))
        self.assertIn("pending", shown.out)
        self.assertEqual(database.dump(ledgers), before, "a look changed their ledger")

        self.passes(ours(tool, database, folder, "import", "--yes"))
        self.assertEqual(len(database.ask("select id from users")), 0, "import ran something")
        self.passes(ours(tool, database, folder, "apply"))
        self.passes(ours(tool, database, folder, "check"))
        rows = database.ask("select name, born from users")
        self.assertEqual([row["name"] for row in rows], ["Größe 🦀"])
        self.assertEqual(database.dump(ledgers), before, "ours touched their ledger")
        return database, folder, ledgers

    def gives_back(self, tool, kind):
        database, folder, ledgers = self.takes_over(tool, kind)
        before = database.dump(ledgers)
        self.passes(ours(tool, database, folder, "export", "--to", tool.name, "--yes"))
        ran, current = tool.current(database, folder)
        self.assertTrue(current, str(ran))
        self.assertEqual([database.shape(name) for name in ledgers], [before[name][0] for name in ledgers])
        self.assertEqual(len(database.ask("select id from users")), 1, "the tool ran something again")

        alone = Database(self, kind)
        self.passes(tool.up(alone, folder))
        self.assertEqual(self.kept(tool, database), self.kept(tool, alone), "not as the tool itself would have it")
        self.passes(ours(tool, database, folder, "check"))

    def kept(self, tool, database):
        """The rows, without times and without the order in which they came."""
        found = []
        for name in self.ledgers(tool, database):
            rows = database.rows(name)
            found += [{key: value for key, value in row.items() if key not in tool.times} for row in rows]
        return sorted(found, key=repr)

    def refuses_an_edited_file(self, tool, kind):
        """An applied file whose text changed: where the tool keeps a checksum, import says so."""
        database, folder = self.begun(tool, kind)
        edited = next(path for path in sorted(folder.rglob("*.sql")) if b"create table users" in path.read_bytes())
        edited.write_bytes(edited.read_bytes().replace(b"varchar(40)", b"varchar(41)"))
        if isinstance(tool, tools.Atlas):
            tools.run([tools.FOLDER / "go/bin/atlas-library", "hash", folder])
        ran = self.passes(ours(tool, database, folder, "import", "--yes"), 4)
        self.assertIn("import-refused", ran.said)
        self.assertIn(edited.name, ran.said)


CHECKSUMS = ("flyway", "liquibase", "sqlx", "refinery", "atlas", "sqitch", "prisma", "drizzle")


def test(word, way, tool, kind):
    def one(case):
        getattr(case, way)(tool, kind)

    setattr(Switching, f"test_{word}", one)


def add(tool, kind):
    word = f"{tool.name}_{kind}".replace("-", "_")
    way = "gives_back" if tool.exports else "takes_over"
    test(word, way, tool, kind)
    if tool.name in CHECKSUMS:
        test(word + "_edited", "refuses_an_edited_file", tool, kind)


for one in ALL:
    for base in one.databases:
        add(one, base)
