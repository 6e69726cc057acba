"""A headless Chromium, spoken to through a pipe: no port is opened and no package is needed."""
import base64, json, os, select, subprocess, tempfile, time
from pathlib import Path

# Chromium of Debian takes seconds to start on a busy machine.
PATIENCE = 120


class Failed(Exception):
    pass


class Browser:
    def __init__(self, program):
        self.profile = tempfile.TemporaryDirectory(prefix="initium-pictures.")
        to_read, self.writing = os.pipe()
        self.reading, to_write = os.pipe()
        # The program wants its ends at 3 and 4.
        command = ["bash", "-c", f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}', program, "--headless=new", "--no-sandbox",
                   "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
                   f"--user-data-dir={self.profile.name}", "about:blank"]
        self.log = open(Path(self.profile.name) / "stderr", "wb")
        self.process = subprocess.Popen(command, pass_fds=(to_read, to_write), stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, start_new_session=True)
        os.close(to_read)
        os.close(to_write)
        self.buffer, self.number, self.session, self.events = b"", 0, None, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method, **parameters):
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") != number:
                self.events.append(answer)
            elif "error" in answer:
                raise Failed(f"{method}: {answer['error']}")
            else:
                return answer["result"]

    def read(self):
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.reading], [], [], max(0, end - time.monotonic()))
            piece = os.read(self.reading, 1 << 16) if ready else b""
            if not piece:
                log = (Path(self.profile.name) / "stderr").read_text(errors="replace")[-2000:]
                raise Failed(f"the browser does not answer: {log}")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def open(self, path, width, height, scheme, media="screen"):
        """Shows a file; returns what the browser had to complain about."""
        self.events = []
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("Page.navigate", url=Path(path).resolve().as_uri())
        end = time.monotonic() + PATIENCE
        while self.evaluate("document.readyState") != "complete" or self.evaluate("location.href") == "about:blank":
            if time.monotonic() > end:
                raise Failed(f"{path} does not load")
            time.sleep(0.05)
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
        return self.complaints(Path(path).resolve().as_uri())

    def complaints(self, address):
        found = []
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Network.requestWillBeSent" and parameters["request"]["url"] != address:
                found.append(f"asks for {parameters['request']['url']}")
            if event.get("method") == "Log.entryAdded":
                found.append(parameters["entry"]["text"])
            if event.get("method") in ("Runtime.exceptionThrown", "Page.javascriptDialogOpening"):
                found.append(str(parameters))
        return found

    def evaluate(self, script):
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise Failed(f"{script[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def shot(self, whole=False):
        """The bytes of a PNG: the window, or the page down to its end."""
        more = {"captureBeyondViewport": True} if whole else {}
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png", **more)["data"])

    def paper(self):
        return base64.b64decode(self.ask("Page.printToPDF", printBackground=True)["data"])

    def close(self):
        os.close(self.writing)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            # Only what this started: it has a session of its own.
            os.killpg(self.process.pid, 9)
            self.process.wait()
        os.close(self.reading)
        self.log.close()
        self.profile.cleanup()
