"""action.yml, step by step. (Catches an input that becomes a command, a secret in the log, a program that
runs with a wrong checksum, an answer that does not reach the job.)"""

import hashlib
import io
import pathlib
import platform
import re
import tarfile
import tomllib
import unittest

from runner import BINARY, EXPRESSION, PLAN, ROOT, Workspace, load


class Action(unittest.TestCase):
    def setUp(self):
        self.work = Workspace(self)
        self.work.write("db/plan.yaml", PLAN)
        self.env = {"DATABASE_URL": f"sqlite:{self.work.temp}/app.db"}

    def run_action(self, status, **given):
        given = {"binary": BINARY, "spec": "plan.yaml", "working_directory": "db"} | given
        ran = self.work.action(self.env, **given)
        self.assertEqual(ran.status, status, ran.log)
        for name, _, _ in ran.commands:
            self.assertIn(name, ("error", "warning", "notice"), ran.log)
        self.assertEqual([], sorted(self.work.root.rglob("pwned*")))
        return ran

    def test_plan_apply_check_and_verify(self):
        ran = self.run_action(0)
        self.assertEqual((ran.outputs["pending"], ran.outputs["outcome"]), ("2", "pending"))
        plan = pathlib.Path(ran.outputs["plan"])
        self.assertTrue(plan.is_absolute() and plan.stat().st_size > 0)
        self.assertIn("| create-users | create users |", ran.summary)
        self.assertEqual({one[1]["file"] for one in ran.of("notice") if "file" in one[1]}, {"db/plan.yaml"})
        self.run_action(3, mode="check")
        ran = self.run_action(0, mode="check", fail_on_pending="false")
        self.assertEqual(ran.outputs["pending"], "2")
        self.run_action(3, mode="plan", fail_on_pending="true")
        ran = self.run_action(0, mode="apply", plan=plan)
        self.assertEqual(ran.outputs["outcome"], "done")
        self.assertEqual(ran.of("notice")[-1][2], "2 applied")
        ran = self.run_action(4, mode="apply", plan=plan)
        self.assertIn("plan-stale", ran.of("error")[0][1]["title"])
        ran = self.run_action(0, mode="check")
        self.assertEqual((ran.outputs["pending"], ran.outputs["outcome"]), ("0", "up_to_date"))
        self.run_action(0, mode="verify")
        self.work.write("db/plan.yaml", PLAN.replace("= 0 FROM", "= 9 FROM"))
        ran = self.run_action(3, mode="verify")
        self.assertEqual(ran.of("error")[0][1]["file"], "db/plan.yaml")

    def test_a_wrong_spec_is_an_annotation_at_its_line(self):
        self.work.write("db/plan.yaml", PLAN.replace("    up: ALTER", "    upp: ALTER"))
        self.work.write("db/old.json", "{}")
        for mode in ("plan", "apply", "check", "verify"):
            ran = self.run_action(2, mode=mode, plan="old.json" if mode == "plan" else "")
            places = {(one[1]["file"], one[1]["line"]) for one in ran.of("error")}
            self.assertIn(("db/plan.yaml", "8"), places)
            self.assertEqual((ran.outputs["outcome"], ran.outputs["plan"]), ("failed", ""))
            self.assertIn("spec-invalid", ran.summary)

    def test_an_input_is_never_a_command(self):
        evil = "$(touch pwned)`touch pwned2`;touch pwned3 #'\"\n|| touch pwned4"
        for name in ("mode", "spec", "args", "plan", "url_env", "fail_on_pending"):
            for mode in ("plan", "apply"):
                given = {"mode": mode} | {name: evil}
                ran = self.work.action(self.env, **({"binary": BINARY, "spec": "db/plan.yaml"} | given))
                self.assertNotEqual(ran.status, 0, f"{name}: {ran.log}")
                self.assertEqual([], sorted(self.work.folder.rglob("pwned*")), name)
                self.assertEqual([], [one for one in ran.commands if one[0] not in ("error", "notice")])
        for name in ("binary", "version", "variant", "sha256", "releases"):
            given = {"binary": "", "releases": self.work.temp.as_uri()} | {name: evil}
            ran = self.work.action(self.env, spec="db/plan.yaml", **given)
            self.assertEqual(ran.status, 2, ran.log)
            self.assertEqual([], sorted(self.work.folder.rglob("pwned*")), name)

    def test_paths_and_arguments_are_taken_as_they_are(self):
        odd = "a b '\"$x;(1).yaml"
        self.work.write(f"db/{odd}", PLAN)
        self.run_action(0, spec=odd, plan="my plan.json", args="--to\ncreate-users\n")
        self.assertTrue((self.work.root / "db/my plan.json").exists())
        self.work.write("db/one.yaml", PLAN)
        self.work.write("db/two.yaml", "version: 1\nmigrations:\n  - {name: third, up: SELECT 1}\n")
        self.assertEqual(self.run_action(0, spec="one.yaml\ntwo.yaml\n").outputs["pending"], "3")
        self.env = {"OTHER": self.env["DATABASE_URL"]}
        self.run_action(0, url_env="OTHER")

    def test_the_connection_is_never_in_the_log(self):
        self.env["DATABASE_URL"] = "postgres://u:hunter2@127.0.0.1:1/db"
        for mode in ("plan", "apply", "check", "verify"):
            ran = self.run_action(5, mode=mode, args="--connect-timeout\n100ms")
            self.assertNotIn("hunter2", ran.log + ran.summary + str(ran.outputs))
            self.assertEqual(ran.of("error")[0][1]["title"], "connect-failed")

    def test_wrong_inputs_are_told_in_words(self):
        for given, words in (
            ({"mode": "aply"}, "plan, apply, check or verify"),
            ({"fail_on_pending": "yes"}, "true or false"),
            ({"binary": "nowhere"}, "leads to no program"),
            ({"binary": "", "version": "../../x"}, "is no version"),
        ):
            ran = self.run_action(2, **given)
            self.assertIn(words, ran.of("error")[0][2])

    def release(self, suffix=""):
        """A release in a folder, as it lies on the server."""
        folder = self.work.temp / "releases" / "v0.1.0"
        folder.mkdir(parents=True, exist_ok=True)
        arch = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
        archive = folder / f"initium-0.1.0-linux-{arch}{suffix}.tar.gz"
        program = pathlib.Path(BINARY).read_bytes()
        with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
            entry = tarfile.TarInfo(f"{archive.name.removesuffix('.tar.gz')}/initium")
            entry.size, entry.mode = len(program), 0o755
            tar.addfile(entry, io.BytesIO(program))
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        (folder / "SHA256SUMS").write_text(f"{'0' * 64}  other.tar.gz\n{digest}  {archive.name}\n")
        return folder, digest

    def test_a_release_is_run_only_with_the_right_checksum(self):
        folder, digest = self.release()
        given = {"binary": "", "releases": folder.parent.as_uri()}
        ran = self.run_action(0, **given)
        self.assertRegex(ran.outputs["program"], "/initium-0.1.0/initium-0.1.0-linux-(amd64|arm64)/initium$")
        self.assertEqual(ran.path.strip(), str(pathlib.Path(ran.outputs["program"]).parent))
        self.run_action(0, sha256=digest, **given)
        ran = self.run_action(2, sha256="0" * 64, **given)
        self.assertIn("checksum", ran.of("error")[0][2])
        (folder / "SHA256SUMS").write_text(f"{'0' * 64}  other.tar.gz\n")
        self.assertIn("has no checksum", self.run_action(2, **given).of("error")[0][2])
        archive = next(folder.glob("*.tar.gz"))
        (folder / "SHA256SUMS").write_text(f"{'0' * 64} *{archive.name}\n")
        self.assertIn("is wrong", self.run_action(2, **given).of("error")[0][2])
        self.release("-sqlite")
        self.run_action(0, variant="sqlite", **given)
        self.run_action(2, variant="oracle", **given)
        archive.unlink()
        self.assertIn("cannot download", self.run_action(2, **given).of("error")[0][2])

    def test_versions_are_those_of_the_program(self):
        version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
        self.assertEqual(load("action.yml")["inputs"]["version"]["default"], version)
        for file in ("examples/ci/github.yml", "docs/ci.md"):
            used = re.findall(r"uses: initium/initium@v(\S+)", (ROOT / file).read_text())
            self.assertTrue(used and set(used) == {version}, f"{file}: {used}")
        self.assertEqual(load("examples/ci/gitlab.yml")["variables"]["RELEASE"], version)

    def test_what_is_an_expression_stands_in_env_alone(self):
        for step in load("action.yml")["runs"]["steps"]:
            self.assertIsNone(EXPRESSION.search(step["run"]))
        for file in ("examples/ci/github.yml", "examples/ci/schema-guard.yml"):
            for job in load(file)["jobs"].values():
                for step in job["steps"]:
                    self.assertIsNone(EXPRESSION.search(step.get("run", "")), file)
        inputs = load("action.yml")["inputs"]
        self.assertNotIn("url", inputs, "a secret among inputs is printed by the runner")
