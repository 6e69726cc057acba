#!/usr/bin/env python3
"""The steps of .github/workflows/release.yml, so that a test runs the very text that a release runs.

  steps.py text JOB STEP     prints the commands of a step
  steps.py rules             holds the workflow against what no schema says
  steps.py sbom FILE         a valid CycloneDX document, in which every reference leads somewhere

Must never: run a step by itself, or know what stands in one.
"""
import json, re, sys
from pathlib import Path
from ruamel.yaml import YAML

WORKFLOW = Path(__file__).resolve().parents[2] / ".github/workflows/release.yml"
# Jobs that may do more than read, and what each of them uses it for.
RIGHTS = {
    "check": {"contents": "read"},
    "pages": {"contents": "read"},
    "build": {"contents": "read", "id-token": "write", "attestations": "write"},
    "image": {"contents": "read", "packages": "write"},
    "index": {"packages": "write", "id-token": "write", "attestations": "write"},
    "publish": {"contents": "write"},
}
PUSHED = "github.event_name == 'push'"
PUBLISHES = re.compile(r"docker login|gh release|imagetools create|actions/attest")


def workflow():
    return YAML(typ="safe").load(WORKFLOW.read_text())


def text(job, name):
    found = [step for step in workflow()["jobs"][job]["steps"] if step.get("name") == name]
    if len(found) != 1:
        raise SystemExit(f"{job} has {len(found)} steps called {name!r}")
    return found[0]["run"]


def findings(flow):
    if flow["permissions"] != {}:
        yield "what a job may is said by the job alone"
    for job, body in flow["jobs"].items():
        if body.get("permissions") != RIGHTS.get(job):
            yield f"{job} has other rights than the list in tests/release/steps.py"
        for step in body["steps"]:
            name = f"{job}: {step.get('name') or step.get('uses')}"
            run, uses = step.get("run", ""), step.get("uses", "")
            if "${{" in run:
                yield f"{name}: an expression inside of a command is code of whoever chose the value"
            if uses and not re.fullmatch(r"actions/[a-z-]+@(v[0-9]+|[0-9a-f]{40})", uses):
                yield f"{name}: {uses} is not an action of GitHub with a version"
            if uses.startswith("actions/checkout@") and step["with"].get("persist-credentials") is not False:
                yield f"{name}: leaves its token in the folder"
            held = PUSHED in (str(step.get("if", "")), str(body.get("if", "")))
            if PUBLISHES.search(run + uses) and not held:
                yield f"{name}: publishes what was started by hand"


def rules():
    found = list(findings(workflow()))
    for one in found:
        print(f"tests/release: {one}")
    return 1 if found else 0


def sbom(path):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    content = Path(path).read_text()
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(content)
    if error:
        print(f"tests/release: {path}: {error}")
        return 1
    document = json.loads(content)
    known = {one["bom-ref"] for one in document["components"]} | {document["metadata"]["component"]["bom-ref"]}
    used = {ref for edge in document["dependencies"] for ref in [edge["ref"], *edge.get("dependsOn", [])]}
    if used != known or len(known) < 20:
        print(f"tests/release: {path}: {sorted(used ^ known)} of {len(known)}")
        return 1
    return 0


def main(words):
    match words:
        case ["text", job, name]:
            print(text(job, name))
            return 0
        case ["rules"]:
            return rules()
        case ["sbom", path]:
            return sbom(path)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
