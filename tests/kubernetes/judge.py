"""What may be said of objects without a cluster: what a pod refers to, Pod Security, selectors, exit statuses, schemas.

Each function gives a list of what is wrong. Must never: change what it judges.
"""

import re

import kubernetes_validate

VERSIONS = ["1.29", "1.31", "1.34", "1.37"]  # of Kubernetes; before 1.29 the schema of podFailurePolicy is wrong
# Nothing has to make these.
ALWAYS = {("ServiceAccount", "default")}


def pod_of(one):
    """The pod, or the template of one; None for what has none."""
    kind, spec = one["kind"], one.get("spec") or {}
    if kind == "Pod":
        return one
    if kind == "CronJob":
        return spec["jobTemplate"]["spec"]["template"]
    return spec.get("template") if kind in ("Job", "Deployment", "StatefulSet", "DaemonSet") else None


def containers(pod):
    return pod["spec"].get("initContainers", []) + pod["spec"]["containers"]


def references(pod):
    """What has to exist before the pod can start, as (kind, name)."""
    spec, found = pod["spec"], set()
    found.add(("ServiceAccount", spec.get("serviceAccountName", "default")))
    for one in spec.get("imagePullSecrets", []):
        found.add(("Secret", one["name"]))
    for container in containers(pod):
        for variable in container.get("env", []):
            source = variable.get("valueFrom", {})
            if "secretKeyRef" in source:
                found.add(("Secret", source["secretKeyRef"]["name"]))
            if "configMapKeyRef" in source:
                found.add(("ConfigMap", source["configMapKeyRef"]["name"]))
        for source in container.get("envFrom", []):
            for key, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
                if key in source:
                    found.add((kind, source[key]["name"]))
    for volume in spec.get("volumes", []):
        if "secret" in volume:
            found.add(("Secret", volume["secret"]["secretName"]))
        if "configMap" in volume:
            found.add(("ConfigMap", volume["configMap"]["name"]))
        if "persistentVolumeClaim" in volume:
            found.add(("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]))
    return found - ALWAYS


def absent(log):
    """Of each pod that came, what it refers to and was not there yet. `log` is that of the cluster."""
    wrong = []
    for verb, _, _, one, there in log:
        pod = pod_of(one) if verb != "delete" else None
        for kind, name in sorted(references(pod) - there) if pod else []:
            wrong.append(f"{one['kind']} {one['metadata']['name']} came before {kind} {name}")
    return wrong


def security(one):
    """The restricted Pod Security Standard, a read-only root, no token, no service links, limits."""
    pod = pod_of(one)
    if pod is None:
        return []
    spec, wrong = pod["spec"], []
    own = spec.get("securityContext", {})
    expected = {"runAsNonRoot": True, "runAsUser": 65532, "runAsGroup": 65532}
    for key, value in expected.items():
        if own.get(key) != value:
            wrong.append(f"pod: {key} is {own.get(key)}")
    if own.get("seccompProfile") != {"type": "RuntimeDefault"}:
        wrong.append("pod: seccompProfile")
    for key in ("automountServiceAccountToken", "enableServiceLinks"):
        if spec.get(key) is not False:
            wrong.append(f"pod: {key} is not false")
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(key):
            wrong.append(f"pod: {key}")
    if any("hostPath" in volume for volume in spec.get("volumes", [])):
        wrong.append("pod: hostPath")
    for container in containers(pod):
        its = container.get("securityContext", {})
        expected = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        for key, value in expected.items():
            if its.get(key) != value:
                wrong.append(f"{container['name']}: {key} is {its.get(key)}")
        if "memory" not in container.get("resources", {}).get("limits", {}):
            wrong.append(f"{container['name']}: no limit of memory")
        if not {"cpu", "memory"} <= set(container.get("resources", {}).get("requests", {})):
            wrong.append(f"{container['name']}: no requests")
    return [f"{one['kind']} {one['metadata']['name']}, {what}" for what in wrong]


def statuses(guide):
    """The exit statuses of the page that a Job may have: those that retrying does not help, and those that it does."""
    no, yes = set(), set()
    for line in guide.splitlines():
        row = re.fullmatch(r"\| ([0-9, ]+) \| .* \| ([^|]*) \|", line)
        if row and "never of a Job" not in row[2]:
            numbers = {int(n) for n in row[1].split(",")} - {0}
            (yes if row[2].strip() == "yes" else no).update(numbers)
    return no, yes


def policy(one, guide):
    """A Job gives up at once on what retrying does not help, and on nothing else."""
    spec = one.get("spec", {})
    spec = spec["jobTemplate"]["spec"] if one["kind"] == "CronJob" else spec
    if one["kind"] not in ("Job", "CronJob"):
        return []
    no, yes = statuses(guide)
    name, wrong = f"{one['kind']} {one['metadata']['name']}", []
    rules = spec.get("podFailurePolicy", {}).get("rules", [])
    if not no or not yes:
        wrong.append("the guide has no table of exit statuses")
    ours = [container["name"] for container in containers(pod_of(one))]
    first = rules[0] if rules else {}
    if (first.get("action"), first.get("onPodConditions")) != ("Ignore", [{"type": "DisruptionTarget", "status": "True"}]):
        wrong.append("the first rule does not ignore a disruption")
    fatal = "FailIndex" if "backoffLimitPerIndex" in spec else "FailJob"
    for rule in rules[1:]:
        codes = rule.get("onExitCodes", {})
        if rule["action"] not in (fatal, "FailJob") or codes.get("operator") != "In":
            wrong.append(f"an unknown rule {rule}")
        if codes.get("containerName") not in ours:
            wrong.append(f"a rule is about the container {codes.get('containerName')}")
    for container in ours:
        codes = [rule.get("onExitCodes", {}) for rule in rules[1:]]
        given = sorted(n for its in codes if its.get("containerName") == container for n in its.get("values", []))
        if given != sorted(no):
            wrong.append(f"{container}: gives up on {given}, and the guide says {sorted(no)}")
    for key in ("activeDeadlineSeconds", "backoffLimitPerIndex" if fatal == "FailIndex" else "backoffLimit"):
        if key not in spec:
            wrong.append(f"no {key}")
    if pod_of(one)["spec"].get("restartPolicy") != "Never":
        wrong.append("restartPolicy is not Never, which podFailurePolicy needs")
    return [f"{name}: {what}" for what in wrong]


def selected(objects):
    """Services and application selectors choose pods of the application, and never those that migrate."""
    wrong = []
    pods = [(one, pod_of(one)["metadata"].get("labels", {})) for one in objects if pod_of(one)]
    for one in objects:
        spec = one.get("spec", {})
        chosen = {
            "Service": lambda: spec.get("selector"),
            "NetworkPolicy": lambda: spec.get("podSelector", {}).get("matchLabels"),
            "Deployment": lambda: spec["selector"]["matchLabels"],
        }.get(one["kind"], lambda: None)()
        if not chosen:
            continue
        hit = [other["kind"] for other, labels in pods if chosen.items() <= labels.items()]
        if "Job" in hit or "Deployment" not in hit:
            wrong.append(f"{one['kind']} {one['metadata']['name']} selects {hit}")
    return wrong


def schema(one):
    """The API's own schemas, strictly. Custom resources have none here."""
    if one["apiVersion"].split("/")[0] in ("argoproj.io", "helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io", "kustomize.toolkit.fluxcd.io", "kustomize.config.k8s.io"):
        return []
    wrong = []
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(one, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            wrong.append(f"{one['kind']} {one['metadata']['name']}, Kubernetes {version}: {error.message}")
    return wrong


WAVES = ("argocd.argoproj.io/sync-wave", "helm.sh/hook-weight")


def argo_cd(hooks, named):
    """The same order as Argo CD has it: hooks of its own, or Helm's before an install; by wave.

    What a pod refers to has to be of an earlier wave, or to exist.
    """
    there, wrong = set(named), []
    waves = {}
    for one in hooks:
        notes = one["metadata"]["annotations"]
        wave = next((notes[key] for key in WAVES if key in notes), "0")
        waves.setdefault(int(wave), []).append(one)
    for _, wave in sorted(waves.items()):
        for one in wave:
            pod = pod_of(one)
            for kind, name in sorted(references(pod) - there) if pod else []:
                wrong.append(f"Argo CD: {one['kind']} {one['metadata']['name']} comes before {kind} {name}")
        there |= {(one["kind"], one["metadata"]["name"]) for one in wave}
    return wrong
