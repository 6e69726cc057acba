"""Real Helm, from the package helm-sdkpy, whose shared library is called as it is.

Must never: render or sort anything itself, or reach a cluster but the one it is told.
"""

import ctypes
import importlib.util
import json
import pathlib


class Refused(Exception):
    """What Helm says when it does not do it."""


def library():
    # The package's own Python wants a newer interpreter than Debian has; the library does not.
    folder = pathlib.Path(importlib.util.find_spec("helm_sdkpy").origin).parent
    found = sorted(folder.glob("_lib/linux-*/libhelm_sdkpy.so"))
    if not found:
        raise SystemExit(f"no library of Helm below {folder}")
    lib = ctypes.CDLL(str(found[0]))
    lib.helm_sdkpy_last_error.restype = ctypes.c_char_p
    lib.helm_sdkpy_free.argtypes = [ctypes.c_void_p]
    handle = ctypes.c_ulonglong
    text, answer = ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)
    lib.helm_sdkpy_config_create.argtypes = [text, text, text, text, ctypes.POINTER(handle)]
    lib.helm_sdkpy_lint.argtypes = [handle, text, answer]
    for verb in ("install", "upgrade"):
        getattr(lib, f"helm_sdkpy_{verb}").argtypes = [handle, text, text, text, text, text, answer]
    return lib


class Helm:
    """One namespace of one cluster."""

    def __init__(self, kubeconfig):
        self.lib = library()
        self.handle = ctypes.c_ulonglong()
        self.check(
            self.lib.helm_sdkpy_config_create(
                b"shop", kubeconfig.encode(), None, b"{}", ctypes.byref(self.handle)
            )
        )

    def check(self, status):
        if status != 0:
            said = self.lib.helm_sdkpy_last_error() or b"no reason"
            raise Refused(said.decode())

    def answer(self, call, *arguments):
        out = ctypes.c_void_p()
        self.check(call(self.handle, *arguments, ctypes.byref(out)))
        try:
            return json.loads(ctypes.string_at(out.value).decode())
        finally:
            self.lib.helm_sdkpy_free(out)

    def lint(self, chart):
        return self.answer(self.lib.helm_sdkpy_lint, str(chart).encode())

    def release(self, verb, chart, values):
        """install or upgrade, waiting for hooks only."""
        options = {"wait": False, "timeout_seconds": 120, "disable_openapi_validation": True}
        if verb == "install":
            options["server_side_apply"] = "false"
        return self.answer(
            getattr(self.lib, f"helm_sdkpy_{verb}"),
            b"shop",
            str(chart).encode(),
            json.dumps(values).encode() if values else b"",
            b"",
            json.dumps(options).encode(),
        )
