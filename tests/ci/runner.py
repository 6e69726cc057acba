"""Runs steps as GitHub's runner does: inputs become environment, a script runs under bash, what it
writes into the files of the step is read back. Must never know an expression that it cannot prove right:
an unknown one is an error."""

import os
import pathlib
import re
import subprocess
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ["INITIUM_TEST_BINARY"]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
COMMANDS = "add-mask add-matcher add-path debug echo endgroup error group notice save-state set-env set-output stop-commands warning".split()


def load(path):
    return yaml.safe_load((ROOT / path).read_text())


def commands(log):
    """What the runner obeys, as its source parses it: (name, properties, data)."""
    found = []
    for line in re.split(r"[\r\n]", log):
        second = re.match(r"\s*::([^ :]+)(?: (.*?))?::(.*)$", line)
        first = re.search(r"##\[([^ \]]+)(?: ([^\]]*))?\](.*)$", line)
        for match in (second, first):
            if match and match[1] in COMMANDS:
                pairs = (one.split("=", 1) for one in (match[2] or "").split(",") if "=" in one)
                found.append((match[1], {key.strip(): unescaped(value) for key, value in pairs}, unescaped(match[3])))
    return found


def unescaped(text):
    for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, sign)
    return text


class Ran:
    def __init__(self, status, log, outputs, summary, path):
        self.status, self.log, self.outputs, self.summary, self.path = status, log, outputs, summary, path
        self.commands = commands(log)

    def of(self, kind):
        return [one for one in self.commands if one[0] == kind]


class Workspace:
    """A repository that is checked out, and the runner's own folders."""

    def __init__(self, case):
        folder = tempfile.TemporaryDirectory(prefix="initium ci ")
        case.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.root = self.folder / "work space"
        self.temp = self.folder / "temp"
        self.root.mkdir()
        self.temp.mkdir()
        (self.root / ".git").mkdir()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def environment(self):
        """Nothing of this machine's: a test in continuous integration has a runner of its own."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        return kept | {
            "GITHUB_WORKSPACE": str(self.root),
            "RUNNER_TEMP": str(self.temp),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "HOME": str(self.temp),
        }

    def script(self, text, env, folder=None):
        assert "${{" not in text, f"an expression within a script: {text}"
        files = {}
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"):
            handle, path = tempfile.mkstemp(dir=self.temp, prefix=name)
            os.close(handle)
            files[name] = path
        handle, path = tempfile.mkstemp(dir=self.temp, suffix=".sh")
        os.write(handle, text.encode())
        os.close(handle)
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", path],
            cwd=self.root / (folder or "."),
            env=self.environment() | env | files,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        read = {name: pathlib.Path(path).read_text() for name, path in files.items()}
        outputs = {}
        for line in read["GITHUB_OUTPUT"].splitlines():
            name, value = line.split("=", 1)
            outputs[name] = value
        log = ran.stdout.decode()
        return Ran(ran.returncode, log, outputs, read["GITHUB_STEP_SUMMARY"], read["GITHUB_PATH"])

    def action(self, env=None, **given):
        """Every step of action.yml until one fails."""
        action = load("action.yml")
        given = {name.replace("_", "-"): value for name, value in given.items()}
        unknown = set(given) - set(action["inputs"])
        assert not unknown, unknown
        inputs = {}
        for name, about in action["inputs"].items():
            assert name in given or not about.get("required"), f"{name} is required"
            inputs[name] = str(given.get(name, about.get("default", "")))
        steps, log, summary, path, status = {}, "", "", "", 0

        def value(match):
            parts = match[1].split(".")
            if parts[0] == "inputs" and len(parts) == 2:
                return inputs[parts[1]]
            if parts[0] == "steps" and parts[2] == "outputs" and len(parts) == 4:
                return steps.get(parts[1], {}).get(parts[3], "")
            raise AssertionError(f"unknown expression {match[0]}")

        def resolved(text):
            return EXPRESSION.sub(value, str(text))

        for step in action["runs"]["steps"]:
            assert set(step) <= {"id", "name", "shell", "env", "run", "working-directory"}, step
            assert step["shell"] == "bash"
            own = {name: resolved(text) for name, text in step["env"].items()}
            ran = self.script(step["run"], (env or {}) | own, resolved(step.get("working-directory", ".")))
            steps[step["id"]] = ran.outputs
            log, summary, path, status = log + ran.log, summary + ran.summary, path + ran.path, ran.status
            if status:
                break
        outputs = {name: resolved(about["value"]) for name, about in action["outputs"].items()}
        return Ran(status, log, outputs, summary, path)


PLAN = """version: 1
migrations:
  - name: create users
    up: CREATE TABLE users (id integer)
    down: DROP TABLE users
    verify: SELECT count(*) = 0 FROM users
  - name: add mail
    up: ALTER TABLE users ADD COLUMN mail text
"""
