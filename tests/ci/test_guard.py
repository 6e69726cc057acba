"""The schema guard, on a repository made for it. (Catches a change of the models that passes without a
migration, and one that is held up though it has one.)"""

import subprocess
import unittest

from runner import Workspace, load

NONE = "0" * 40


class Guard(unittest.TestCase):
    def setUp(self):
        self.work = Workspace(self)
        (self.work.root / ".git").rmdir()
        job = load("examples/ci/schema-guard.yml")["jobs"]["guard"]
        self.step = job["steps"][-1]
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("app/models/user.py", "class User: pass\n" * 9)
        self.write("db/migrations/1.sql", "CREATE TABLE users (id integer);\n" * 9)
        self.write("README.md", "x\n")
        self.base = self.commit()
        self.git("switch", "--quiet", "--create", "change")

    def git(self, *words, folder=None):
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always", *words]
        ran = subprocess.run(command, cwd=folder or self.work.root, capture_output=True, text=True, check=True)
        return ran.stdout.strip()

    def write(self, name, text):
        self.work.write(name, text)

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "x")
        return self.git("rev-parse", "HEAD")

    def guard(self, status, base=None, folder=None, **env):
        own = {name: text for name, text in self.step["env"].items() if "${{" not in text}
        own |= {"BASE": self.base if base is None else base} | env
        ran = self.work.script(self.step["run"], own, folder)
        self.assertEqual(ran.status, status, ran.log)
        self.assertEqual([], [one for one in ran.commands if one[0] != "error"])
        return ran

    def files(self, ran):
        return [one[1]["file"] for one in ran.of("error") if "file" in one[1]]

    def test_models_alone_fail_with_an_annotation(self):
        self.write("app/models/user.py", "class User: mail = 1\n")
        self.write("app/models/deep/order.py", "class Order: pass\n")
        self.commit()
        ran = self.guard(1)
        self.assertEqual(self.files(ran), ["app/models/deep/order.py", "app/models/user.py"])
        self.assertIn("without a migration", ran.log)

    def test_both_neither_and_only_migrations_pass(self):
        self.write("README.md", "y\n")
        self.commit()
        self.guard(0)
        self.write("db/migrations/2.sql", "SELECT 1;\n")
        self.commit()
        self.guard(0)
        self.write("app/models/user.py", "class User: mail = 1\n")
        self.commit()
        self.assertIn("a migration comes with it", self.guard(0).log)

    def test_a_spec_that_grew_is_a_migration(self):
        self.write("db/schema.sql", "CREATE TABLE users (id integer, mail text);\n")
        self.commit()
        self.assertEqual(self.files(self.guard(1)), ["db/schema.sql"])
        self.write("db/plan.yaml", "version: 1\n")
        self.commit()
        self.guard(0)

    def test_a_migration_that_is_gone_or_only_moved_is_none(self):
        self.write("app/models/user.py", "class User: mail = 1\n")
        self.git("mv", "db/migrations/1.sql", "db/migrations/0001.sql")
        self.commit()
        self.guard(1)
        self.git("rm", "--quiet", "db/migrations/0001.sql")
        self.commit()
        self.guard(1)
        self.write("db/migrations/0001.sql", "CREATE TABLE other (id integer);\n")
        self.commit()
        self.guard(0)

    def test_a_model_that_is_gone_or_moved_is_a_change(self):
        self.git("mv", "app/models/user.py", "app/models/person.py")
        self.commit()
        self.assertEqual(self.files(self.guard(1)), ["app/models/person.py", "app/models/user.py"])
        self.git("rm", "--quiet", "-r", "app/models")
        self.commit()
        self.assertEqual(self.files(self.guard(1)), ["app/models/user.py"])

    def test_what_happened_on_main_meanwhile_does_not_count(self):
        self.write("README.md", "y\n")
        self.commit()
        self.git("switch", "--quiet", "main")
        self.write("app/models/user.py", "class User: other = 1\n")
        base = self.commit()
        self.git("switch", "--quiet", "change")
        self.guard(0, base=base)
        # As the runner checks it out: the merge of both.
        self.git("merge", "--quiet", "--no-edit", "main")
        self.guard(0, base=base)

    def test_the_first_commit_is_all_new(self):
        for base in ("", NONE):
            self.guard(0, base=base)
        self.git("checkout", "--quiet", "--orphan", "first")
        self.git("rm", "--quiet", "-r", "--cached", "db")
        (self.work.root / "db/migrations/1.sql").unlink()
        self.commit()
        self.assertEqual(self.files(self.guard(1, base="")), ["app/models/user.py"])

    def test_a_history_that_is_cut_off_is_told(self):
        self.write("app/models/user.py", "class User: mail = 1\n")
        self.commit()
        self.git("clone", "--quiet", "--depth=1", "--branch=change", f"file://{self.work.root}", str(self.work.root / "shallow"))
        ran = self.guard(1, folder="shallow")
        self.assertIn("check out with fetch-depth 0", ran.of("error")[0][2])

    def test_names_are_data(self):
        odd = "a b,c:d%0A\n::set-output name=x::$(touch pwned).py"
        self.write(f"app/models/{odd}", "x\n")
        self.write("-rf", "x\n")
        self.commit()
        ran = self.guard(1)
        self.assertEqual(self.files(ran), [f"app/models/{odd}"])
        self.assertEqual([], sorted(self.work.root.rglob("pwned*")))

    def test_patterns_are_needed_and_are_those_of_the_workflow(self):
        self.write("other/model.rb", "x\n")
        self.commit()
        self.guard(0)
        self.assertEqual(self.files(self.guard(1, MODELS="\nother/**/*.rb\n")), ["other/model.rb"])
        self.assertIn("need a pattern each", self.guard(1, MIGRATIONS="\n").log)

    def test_more_files_than_are_shown_are_not_shown(self):
        for n in range(30):
            self.write(f"app/models/m{n}.py", "x\n")
        self.commit()
        self.assertEqual(len(self.guard(1).of("error")), 10)
