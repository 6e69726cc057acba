"""A stand-in for the API server: keeps what it is sent, in order, and ends every Job at once.

Enough for Helm to install, upgrade and run hooks, so that the order that is judged is Helm's own and not our idea of it.
Must never: listen beyond 127.0.0.1, or say yes to what it does not know.
"""

import copy
import http.server
import json
import pathlib
import threading
import urllib.parse

# kind: (path of its group, name in paths)
KINDS = {
    "ConfigMap": ("api/v1", "configmaps"),
    "Secret": ("api/v1", "secrets"),
    "ServiceAccount": ("api/v1", "serviceaccounts"),
    "Service": ("api/v1", "services"),
    "PersistentVolumeClaim": ("api/v1", "persistentvolumeclaims"),
    "Pod": ("api/v1", "pods"),
    "Deployment": ("apis/apps/v1", "deployments"),
    "ReplicaSet": ("apis/apps/v1", "replicasets"),
    "Job": ("apis/batch/v1", "jobs"),
}


class Cluster:
    def __init__(self, outcome="Complete"):
        self.outcome = outcome
        self.objects = {}  # path: object
        self.log = []  # (verb, kind, name, object, the keys of what existed)
        self.version = 0
        self.change = threading.Condition()
        cluster = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer is one packet

            def log_message(self, *_):
                pass

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except OSError:  # Helm has seen what it wanted to see
                    self.close_connection = True

            def finish(self):
                try:
                    super().finish()
                except OSError:
                    pass

            def do_GET(self):
                cluster.read(self)

            def do_POST(self):
                cluster.write(self, "create")

            def do_PUT(self):
                cluster.write(self, "replace")

            def do_PATCH(self):
                cluster.write(self, "patch")

            def do_DELETE(self):
                cluster.write(self, "delete")

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def kubeconfig(self, folder):
        path = pathlib.Path(folder) / "kubeconfig"
        address = f"http://127.0.0.1:{self.server.server_address[1]}"
        path.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "c",
                    "clusters": [{"name": "c", "cluster": {"server": address}}],
                    "contexts": [{"name": "c", "context": {"cluster": "c", "namespace": "shop"}}],
                }
            )
        )
        return str(path)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def put(self, kind, name):
        """Something that was there before, made by somebody else."""
        group, plural = KINDS[kind]
        self.version += 1
        metadata = {"name": name, "namespace": "shop", "resourceVersion": str(self.version)}
        self.objects[f"{group}/namespaces/shop/{plural}/{name}"] = {"kind": kind, "metadata": metadata}

    # --- reading ------------------------------------------------------------
    def read(self, request):
        url = urllib.parse.urlparse(request.path)
        query = urllib.parse.parse_qs(url.query)
        path = url.path.strip("/")
        if path == "version":
            return answer(request, 200, {"major": "1", "minor": "33", "gitVersion": "v1.33.0"})
        if path == "api":
            return answer(request, 200, {"kind": "APIVersions", "versions": ["v1"]})
        if path == "apis":
            groups = sorted({group.split("/")[1] for group, _ in KINDS.values() if "/" in group[5:]})
            return answer(request, 200, {"kind": "APIGroupList", "groups": [group_of(g) for g in groups]})
        if path == "openapi/v3":
            paths = {group: {"serverRelativeURL": f"/openapi/v3/{group}"} for group, _ in KINDS.values()}
            return answer(request, 200, {"paths": paths})
        if path.startswith("openapi/v3/"):
            return answer(request, 200, openapi(path.removeprefix("openapi/v3/")))
        if any(path == group for group, _ in KINDS.values()):
            return answer(request, 200, resources(path))
        with self.change:
            if path in self.objects:
                return answer(request, 200, self.objects[path])
            kind = kind_of(path)
            if kind is None or path.rsplit("/", 1)[-1] != KINDS[kind][1]:
                return missing(request, path)
            found = [o for p, o in self.objects.items() if p.startswith(path + "/") and selected(o, query)]
            version = str(self.version)
        if query.get("watch", ["0"])[0] in ("1", "true"):
            return self.watch(request, path, kind, query)
        group = KINDS[kind][0]
        listed = {
            "kind": kind + "List",
            "apiVersion": version_of(group),
            "metadata": {"resourceVersion": version},
            "items": found,
        }
        return answer(request, 200, listed)

    def watch(self, request, path, kind, query):
        """Changes, for as long as somebody listens; first all that is there, where that is asked for."""
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Connection", "close")
        request.end_headers()
        request.close_connection = True
        whole = query.get("sendInitialEvents", ["false"])[0] == "true"
        seen = -1 if whole else int(query.get("resourceVersion", ["0"])[0] or 0)
        known = {}
        try:
            while True:
                with self.change:
                    here = {
                        p: o for p, o in self.objects.items() if p.startswith(path + "/") and selected(o, query)
                    }
                    events = [("DELETED", o) for p, o in known.items() if p not in here]
                    for p, o in here.items():
                        if int(o["metadata"]["resourceVersion"]) > seen:
                            events.append(("MODIFIED" if p in known else "ADDED", o))
                    known, seen = dict(here), self.version
                    if whole:
                        events.append(("BOOKMARK", bookmark(kind, self.version)))
                        whole = False
                    if not events:
                        self.change.wait(5)
                for what, one in events:
                    request.wfile.write(json.dumps({"type": what, "object": one}).encode() + b"\n")
                request.wfile.flush()
        except OSError:
            pass

    # --- writing ------------------------------------------------------------
    def write(self, request, verb):
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        path = urllib.parse.urlparse(request.path).path.strip("/")
        kind = kind_of(path)
        if kind is None:
            return missing(request, path)
        sent = json.loads(body) if body else {}
        with self.change:
            if verb == "create":
                path = f"{path}/{sent['metadata']['name']}"
                if path in self.objects:
                    return answer(request, 409, status("AlreadyExists", f"{path} exists"))
            elif path not in self.objects:
                return missing(request, path)
            self.version += 1
            before = self.objects.get(path)
            there = frozenset(keys(self.objects))
            if verb == "delete":
                after = before
                del self.objects[path]
            else:
                after = merged(before, sent) if verb == "patch" else copy.deepcopy(sent)
                after["metadata"].setdefault("namespace", "shop")
                after["metadata"].update(uid=f"u{self.version}", resourceVersion=str(self.version))
                self.objects[path] = after
                if kind == "Job":
                    self.end(after)
            name = after["metadata"]["name"]
            self.log.append((verb, kind, name, copy.deepcopy(after), there))
            self.change.notify_all()
        return answer(request, 201 if verb == "create" else 200, after)

    def end(self, job):
        done = {"type": self.outcome, "status": "True", "reason": "Stub", "message": "stub"}
        counted = {"succeeded": 1} if self.outcome == "Complete" else {"failed": 1}
        job["status"] = {"conditions": [done], **counted}


def keys(objects):
    return {(one["kind"], one["metadata"]["name"]) for one in objects.values()}


def kind_of(path):
    for kind, (group, plural) in KINDS.items():
        if path.startswith(group + "/") and plural in path.split("/"):
            return kind
    return None


def selected(what, query):
    for term in filter(None, query.get("labelSelector", [""])[0].split(",")):
        name, _, value = term.partition("=")
        if what["metadata"].get("labels", {}).get(name.strip()) != value.strip("= "):
            return False
    for term in filter(None, query.get("fieldSelector", [""])[0].split(",")):
        name, _, value = term.partition("=")
        if name == "metadata.name" and what["metadata"]["name"] != value:
            return False
    return True


def merged(old, patch):
    """A merge patch; lists are replaced, which is enough for what is looked at."""
    if not isinstance(old, dict) or not isinstance(patch, dict):
        return copy.deepcopy(patch)
    new = copy.deepcopy(old)
    for name, value in patch.items():
        if value is None:
            new.pop(name, None)
        else:
            new[name] = merged(new.get(name), value)
    return new


def group_of(name):
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


def resources(group):
    verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
    listed = [
        {"name": plural, "singularName": kind.lower(), "namespaced": True, "kind": kind, "verbs": verbs}
        for kind, (its, plural) in KINDS.items()
        if its == group
    ]
    return {"kind": "APIResourceList", "groupVersion": version_of(group), "resources": listed}


def version_of(group):
    return group.removeprefix("api/").removeprefix("apis/")


def bookmark(kind, version):
    metadata = {"resourceVersion": str(version), "annotations": {"k8s.io/initial-events-end": "true"}}
    return {"kind": kind, "apiVersion": version_of(KINDS[kind][0]), "metadata": metadata}


def openapi(group):
    """That the server itself validates, which is all that is asked; kubernetes-validate does it here."""
    parameter = {"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}
    of, _, version = version_of(group).rpartition("/")
    paths = {
        f"/{group}/namespaces/{{namespace}}/{plural}/{{name}}": {
            "patch": {
                "parameters": [parameter],
                "x-kubernetes-group-version-kind": {"group": of, "version": version, "kind": kind},
                "responses": {"200": {"description": "OK"}},
            }
        }
        for kind, (its, plural) in KINDS.items()
        if its == group
    }
    return {"openapi": "3.0.0", "info": {"title": "stand-in", "version": "v1"}, "paths": paths}


def status(reason, message):
    code = {"AlreadyExists": 409, "NotFound": 404}[reason]
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message, "code": code}


def missing(request, path):
    answer(request, 404, status("NotFound", f"{path} not found"))


def answer(request, code, document):
    text = json.dumps(document).encode()
    request.send_response(code)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(text)))
    request.end_headers()
    request.wfile.write(text)
