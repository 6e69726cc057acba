"""The chart and the manifests, by real Helm, by the API's own schemas, and by judge.py. See docs/testing.md.

Must never: touch a cluster, or pass because nothing was looked at.
"""

import copy
import os
import pathlib
import shutil
import sys
import tempfile

import yaml

import cluster as stand_in
import helm
import judge

# Helm's notes about releases stay in this process. Go sees only what was set before it began.
assert os.environ.get("HELM_DRIVER") == "memory", "start it with tests/kubernetes/run"

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CHART = ROOT / "examples/kubernetes/chart"
GUIDE = (ROOT / "docs/kubernetes.md").read_text()
WRITE = "--write" in sys.argv
WARNING = 2  # of `helm lint`

# What the values say exists before the release.
NAMED = {
    "shop-db": "Secret",
    "registry": "Secret",
    "db-ca": "ConfigMap",
    "billing-plan": "ConfigMap",
    "billing-app": "Secret",
    "billing": "ServiceAccount",
}
# And nothing else: the first release finds an empty namespace otherwise.
USED = {
    "init-container": ["shop-db"],
    "init-container-baseline": ["shop-db", "registry", "db-ca"],
    "hook-job": ["shop-db"],
    "hook-job-made-secret": [],
    "hook-job-baseline": ["shop-db", "registry", "db-ca"],
    "hook-job-alone": ["billing-plan", "billing-app", "billing"],
    "sqlite": [],
}
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def values(name):
    return yaml.safe_load((HERE / "values" / f"{name}.yaml").read_text())


def merged(old, new):
    for key, value in new.items():
        old[key] = merged(old.get(key, {}), value) if isinstance(value, dict) else value
    return old


class Scene:
    """A cluster of its own, with what the values say is there, and Helm on it."""

    def __init__(self, name, outcome="Complete"):
        self.cluster = stand_in.Cluster(outcome)
        for named in USED.get(name, []):
            self.cluster.put(NAMED[named], named)
        self.folder = tempfile.TemporaryDirectory()
        self.helm = helm.Helm(self.cluster.kubeconfig(self.folder.name))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cluster.close()
        self.folder.cleanup()

    def release(self, verb, given, chart=CHART):
        """What this made, in order."""
        before = len(self.cluster.log)
        answer = self.helm.release(verb, chart, given)
        return answer, self.cluster.log[before:]


def expect(wrong, what):
    if wrong:
        raise AssertionError(what + ":\n  " + "\n  ".join(map(str, wrong)))


def documents(text):
    return [one for one in yaml.safe_load_all(text) if one]


def rendered(answer):
    hooks = [yaml.safe_load(one["manifest"]) for one in answer.get("hooks") or []]
    return hooks, documents(answer.get("manifest", ""))


def snapshot(answer, log):
    """What a person reviews: the order in which Helm made it, then all of it."""
    lines = ["# Written by tests/kubernetes/run --write. Do not edit.", "# The first install, as Helm did it:"]
    lines += [f"#   {verb} {kind} {name}" for verb, kind, name, _, _ in log]
    for one in answer.get("hooks") or []:
        lines += ["---", f"# hook, weight {one['weight']}", one["manifest"].rstrip()]
    if manifest := answer.get("manifest", "").strip():
        lines.append("---\n" + manifest.removeprefix("---\n"))
    return "\n".join(lines) + "\n"


@test
def helm_lint_finds_nothing():
    with Scene("") as scene:
        found = scene.helm.lint(CHART)
        bad = [m for m in found["Messages"] or [] if m["Severity"] >= WARNING]
        expect(bad + (found["Errors"] or []), "helm lint")
        assert found["TotalChartsLinted"] == 1


@test
def what_pods_refer_to_exists_before_them_on_first_install_and_on_upgrade():
    for name in USED:
        with Scene(name) as scene:
            given = values(name)
            answer, log = scene.release("install", given)
            expect(judge.absent(log), f"{name}, first install")
            pods = [one for one in log if judge.pod_of(one[3])]
            assert pods, f"{name} made no pod"
            changed = merged(copy.deepcopy(given), {"plan": {"text": "version: 1\nmigrations: []\n"}})
            _, again = scene.release("upgrade", changed)
            expect(judge.absent(again), f"{name}, upgrade")
            assert any(judge.pod_of(one[3]) for one in again), f"{name}: the upgrade made no pod"
            hooks, _ = rendered(answer)
            expect(judge.argo_cd(hooks, [(NAMED[n], n) for n in USED[name]]), name)
            compare(name, snapshot(answer, log))


def compare(name, text):
    path = HERE / "snapshots" / f"{name}.yaml"
    if WRITE:
        path.write_text(text)
    old = path.read_text() if path.exists() else ""
    if old != text:
        new = pathlib.Path(tempfile.gettempdir()) / f"{name}.yaml"
        new.write_text(text)
        os.system(f"diff -u {path} {new} | head -60")
        raise AssertionError(f"{name} renders otherwise than its snapshot; look at it, then: tests/kubernetes/run --write")


@test
def the_hook_runs_before_anything_of_the_application_is_made():
    with Scene("hook-job-made-secret") as scene:
        for verb in ("install", "upgrade"):
            given = merged(values("hook-job-made-secret"), {"app": {"replicas": 1 if verb == "install" else 3}})
            _, log = scene.release(verb, given)
            names = [(kind, name) for change, kind, name, _, _ in log if change != "delete"]
            job = names.index(("Job", "shop-initium-migrate"))
            app = names.index(("Deployment", "shop-initium"))
            assert job < app, names
            before = {kind for kind, _ in names[:job]}
            assert before == {"ServiceAccount", "Secret", "ConfigMap"}, before
            assert all(name == "shop-initium-migrate" for _, name in names[:job]), names


@test
def a_hook_that_fails_changes_nothing_and_leaves_its_job():
    with Scene("hook-job") as scene:
        scene.release("install", values("hook-job"))
        scene.cluster.outcome = "Failed"
        before = len(scene.cluster.log)
        try:
            scene.release("upgrade", merged(values("hook-job"), {"app": {"replicas": 5}}))
            raise AssertionError("the upgrade went through")
        except helm.Refused as said:
            assert "pre-upgrade hooks failed" in str(said), said
        changed = {kind for _, kind, _, _, _ in scene.cluster.log[before:]}
        assert "Deployment" not in changed, changed
        assert ("Job", "shop-initium-migrate") in stand_in.keys(scene.cluster.objects)
        # And the next one begins anew.
        scene.cluster.outcome = "Complete"
        scene.release("upgrade", merged(values("hook-job"), {"app": {"replicas": 5}}))
        assert ("Job", "shop-initium-migrate") not in stand_in.keys(scene.cluster.objects)


@test
def the_mode_can_be_changed_in_both_directions():
    for first, then in (("init-container", "hook-job"), ("hook-job", "init-container")):
        with Scene(first) as scene:
            scene.release("install", values(first))
            for name in (then, first):
                _, log = scene.release("upgrade", values(name))
                expect(judge.absent(log), f"{first} to {name}")


@test
def a_chart_in_the_wrong_order_is_found():
    def edited(file, old, new):
        def edit(chart):
            path = chart / "templates" / file
            text = path.read_text()
            assert old in text, f"{file} has no {old!r} any more"
            path.write_text(text.replace(old, new))

        return edit

    support = '{{- include "initium.supportHook" . | nindent 4 }}'
    weight = "helm.sh/hook-weight: {{ .Values.hookJob.weight | quote }}"
    for what, edit in {
        "the Job has the smaller weight": edited("migrate-job.yaml", weight, 'helm.sh/hook-weight: "-20"'),
        "secret and account are no hooks": edited("migrate-support.yaml", support, "{}"),
        "the plan is no hook": edited("plan.yaml", support, "{}"),
        "the hook takes the application's secret": edited("_pods.tpl", '"secret" (include "initium.migrateSecretName"', '"secret" (include "initium.appSecretName"'),
    }.items():
        with tempfile.TemporaryDirectory() as folder, Scene("hook-job-made-secret") as scene:
            chart = pathlib.Path(folder) / "chart"
            shutil.copytree(CHART, chart)
            edit(chart)
            answer, log = scene.release("install", values("hook-job-made-secret"), chart)
            assert judge.absent(log), f"not found: {what}"
            assert judge.argo_cd(rendered(answer)[0], []), f"not found for Argo CD: {what}"


@test
def what_argo_cd_runs_before_a_sync_is_complete_in_itself():
    def hooks():
        return documents((ROOT / "examples/kubernetes/argo-cd.yaml").read_text())

    assert len(hooks()) == 2
    for one in hooks():
        assert one["metadata"]["annotations"]["argocd.argoproj.io/hook"] == "PreSync", one["metadata"]
    expect(judge.argo_cd(hooks(), [("Secret", "shop-db")]), "argo-cd.yaml")
    swapped = hooks()
    swapped[0]["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] = "-5"
    assert judge.argo_cd(swapped, [("Secret", "shop-db")]), "the same wave was not found"


@test
def the_values_that_flux_gives_are_the_charts():
    release = next(
        one
        for one in documents((ROOT / "examples/kubernetes/flux.yaml").read_text())
        if one["kind"] == "HelmRelease"
    )
    with Scene("hook-job") as scene:
        _, log = scene.release("install", release["spec"]["values"])
        expect(judge.absent(log), "flux.yaml")
        job = next(one for _, kind, _, one, _ in log if kind == "Job")
        minutes = int(release["spec"]["timeout"].removesuffix("m"))
        assert minutes * 60 > job["spec"]["activeDeadlineSeconds"]


@test
def values_that_are_wrong_are_refused():
    for given, said in (
        ({"mode": "both"}, "mode"),
        ({"hookjob": {}}, "hookjob"),
        ({"hookJob": {"weight": -5}}, "weight"),
        ({"database": {"url": "postgres://h/d"}}, "exactly one"),
        ({"database": {"existingSecret": ""}}, "exactly one"),
        ({"migrationBaseline": {"id": "create-orders"}}, "set id and table"),
        ({"app": {"enabled": False}}, "nothing would migrate"),
        ({"hookJob": {"weight": "-10"}}, "must be smaller"),
        ({"mode": "hookJob", "database": {"existingSecret": "", "sqliteFile": "/data/a.db"}}, "initContainer"),
        ({"database": {"existingSecret": "", "sqliteFile": "/data/a.db"}, "app": {"replicas": 1}}, "data.size"),
        ({"database": {"existingSecret": "", "sqliteFile": "/data/a.db"}, "data": {"size": "1Gi"}}, "app.replicas"),
    ):
        with Scene("init-container") as scene:
            try:
                scene.release("install", given)
            except helm.Refused as error:
                assert said in str(error), f"{given}: {error}"
                assert not scene.cluster.log, f"{given}: something was made"
            else:
                raise AssertionError(f"{given} was accepted")


@test
def every_manifest_is_valid_restricted_and_gives_up_on_what_retrying_does_not_help():
    files = sorted(ROOT.glob("examples/kubernetes/*.yaml")) + sorted((HERE / "snapshots").glob("*.yaml"))
    assert len(files) >= 13, files
    jobs = 0
    for path in files:
        objects = documents(path.read_text())
        assert objects, path
        wrong = judge.selected(objects)
        for one in objects:
            wrong += judge.schema(one) + judge.security(one) + judge.policy(one, GUIDE)
            jobs += one["kind"] in ("Job", "CronJob")
        expect(wrong, path.name)
    assert jobs >= 8, jobs


@test
def what_is_wrong_in_a_manifest_is_found():
    def job():
        return documents((ROOT / "examples/kubernetes/job.yaml").read_text())

    def migrate(objects):
        return next(one for one in objects if one["kind"] == "Job")

    def pod(objects):
        return judge.pod_of(migrate(objects))["spec"]

    for what, edit in {
        "a status": lambda o: migrate(o)["spec"]["podFailurePolicy"]["rules"][1]["onExitCodes"].update(values=[1, 2, 3]),
        "a rule": lambda o: migrate(o)["spec"]["podFailurePolicy"]["rules"].pop(0),
        "a key": lambda o: pod(o).update(serviceAccontName="x"),
        "a type": lambda o: migrate(o)["spec"].update(backoffLimit="3"),
        "root": lambda o: pod(o)["securityContext"].pop("runAsNonRoot"),
        "a capability": lambda o: pod(o)["containers"][0]["securityContext"].pop("capabilities"),
        "a token": lambda o: pod(o).pop("automountServiceAccountToken"),
        "a limit": lambda o: pod(o)["containers"][0]["resources"].pop("limits"),
        "a selector": lambda o: o.append(
            {"kind": "Service", "metadata": {"name": "s"}, "spec": {"selector": migrate(o)["spec"]["template"]["metadata"]["labels"]}}
        ),
    }.items():
        objects = job()
        edit(objects)
        wrong = judge.selected(objects)
        for one in objects:
            if "apiVersion" in one:
                wrong += judge.schema(one) + judge.security(one) + judge.policy(one, GUIDE)
        assert wrong, f"not found: {what}"


def main():
    failed = 0
    for function in TESTS:
        try:
            function()
            print(f"test kubernetes::{function.__name__} ... ok", flush=True)
        except (AssertionError, helm.Refused) as error:
            failed += 1
            print(f"test kubernetes::{function.__name__} ... FAILED\n{error}", flush=True)
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
