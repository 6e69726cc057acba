"""A server of the test's own and a client that sends many commands at once. Shares no code with the driver.
Must never: listen beyond 127.0.0.1, or leave a server behind."""
import shutil, socket, subprocess, tempfile, time


class Server:
    """`with Server(["redis-server"]) as server:`; nothing of it is kept on disk."""

    def __init__(self, program):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = tempfile.mkdtemp(prefix="initium-redis-")
        words = [*program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", self.folder]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def __enter__(self):
        end = time.monotonic() + 10
        while True:
            try:
                return self.client().ask("PING") and self
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self):
        return Client(self.port)

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb", 1 << 20)

    def ask(self, *words):
        return self.all([words])[0]

    def all(self, commands):
        """The answers to many commands; an error among them is an exception."""
        out = bytearray()
        for words in commands:
            out += b"*%d\r\n" % len(words)
            for word in words:
                word = word if isinstance(word, bytes) else str(word).encode()
                out += b"$%d\r\n%s\r\n" % (len(word), word)
        self.socket.sendall(out)
        return [self.reply() for _ in commands]

    def reply(self):
        line = self.file.readline()
        if not line:
            raise OSError("the connection ended")
        kind, rest = line[:1], line[1:-2]
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.reply() for _ in range(int(rest))]
        if kind == b":":
            return int(rest)
        if kind == b"-":
            raise ValueError(rest.decode())
        return rest.decode()
