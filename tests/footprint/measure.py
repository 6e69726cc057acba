"""What is counted of one binary: its bytes by section and by crate, the crates of its tree, whether it
is static, what it starts, holds and maps while it runs. Knows no budget and no table.

Must never: tell an absolute time; believe a number of a process that failed."""
import collections, gzip, os, re, shutil, subprocess, tempfile, time, urllib.parse, uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = f"{os.uname().machine}-unknown-linux-musl"


def output(*words, **more):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if done.returncode:
        raise SystemExit(f"tests/footprint: {words[0]} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(features):
    done = subprocess.run([ROOT / "tests/footprint/build", features], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"tests/footprint: {features} was not built")
    return Path(done.stdout.strip())


# --- the file ------------------------------------------------------------

def sizes(binary):
    data = binary.read_bytes()
    return len(data), len(gzip.compress(data, 9))


def static_problems(binary):
    """Why it is not a static binary with the guards that a release has; nothing where it is one."""
    headers = output("readelf", "-lW", binary)
    dynamic = output("readelf", "-dW", binary)
    linked = subprocess.run(["ldd", binary], capture_output=True, text=True)
    problems = []
    if "INTERP" in headers:
        problems.append("it asks for a loader")
    if "NEEDED" in dynamic:
        problems.append("it asks for a library")
    if not re.search("statically linked|not a dynamic executable", linked.stdout + linked.stderr):
        problems.append(f"ldd: {linked.stdout.strip()}")
    if not re.search("static(-pie|ally) linked", output("file", "-bL", binary)):
        problems.append("file(1) does not call it static")
    if "Type:                              DYN" not in output("readelf", "-hW", binary):
        problems.append("its address is fixed: it is not position-independent")
    if "GNU_RELRO" not in headers:
        problems.append("its relocated data stays writable")
    if not re.search(r"GNU_STACK.* RW ", headers):
        problems.append("its stack can be executed")
    if " .symtab " in output("readelf", "-SW", binary):
        problems.append("it is not stripped")
    return problems


def sections(binary):
    """Bytes in the file by section, the largest first."""
    found = []
    for line in output("readelf", "-SW", binary).splitlines():
        row = re.match(r" *\[ *\d+\] (\.\S+) +(\S+) +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+)", line)
        if row and row[2] != "NOBITS":
            found.append((int(row[3], 16), row[1]))
    return sorted(found, reverse=True)


def owner(name, file):
    """The crate that a demangled function is of; C by the archive that it comes from."""
    archive = re.search(r"(\w+)(?:-[0-9a-f]{16})?\.(?:a|rlib)\(", file)
    if archive and ".rcgu." not in file:
        return "C: " + archive[1]
    if re.search("gimli|addr2line|miniz_oxide|rustc_demangle|backtrace_rs", name):
        return "std (backtraces)"
    crate = re.search(r"([a-z_][a-z0-9_]*)(?:\[[0-9a-f]+\])?::", name)
    return crate[1] if crate else "other"


def crates(binary):
    """Bytes of code by crate, the largest first, from the linker's own list; a generic function counts
    for the crate that wrote it. Empty where the route has no such list."""
    listed = binary.with_name("map")
    if not listed.exists():
        return []
    text = listed.read_text(errors="replace")
    text = text[text.index("Linker script and memory map"):]
    entry = r"^ \.text(?:\.unlikely|\.hot)?\.?(\S*)\s+0x([0-9a-f]{16})\s+0x([0-9a-f]+) (.*)$"
    found = [row for row in re.findall(entry, text, re.M) if int(row[1], 16)]
    names = output("c++filt", input="\n".join(row[0] for row in found) + "\n").splitlines()
    total = collections.Counter()
    for (_, _, size, file), name in zip(found, names, strict=True):
        total[owner(name, file)] += int(size, 16)
    return [(size, name) for name, size in total.most_common()]


def tree(features):
    """How many crates the binary is made of: what only builds is not among them."""
    words = ["cargo", "tree", "--locked", "-e", "normal,no-proc-macro", "--target", TARGET, "--prefix", "none", "-f", "{p}"]
    if features != "default":
        words.append("--no-default-features")
    if features not in ("default", "none"):
        words += ["--features", features]
    lines = output(*words, cwd=ROOT).splitlines()
    return len({line.removesuffix(" (*)").split(" (")[0] for line in lines if line})


# --- the process ---------------------------------------------------------

def start_up(binary, rounds=300):
    """The fastest `--version` as a multiple of the fastest /bin/true, in turns."""
    def once(words):
        begin = time.perf_counter()
        process = os.posix_spawn(words[0], words, {}, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
        _, status = os.waitpid(process, 0)
        took = time.perf_counter() - begin
        if status:
            raise SystemExit(f"tests/footprint: {words} ended with {status}")
        return took

    program, nothing = [str(binary), "--version"], [os.path.realpath("/bin/true")]
    pairs = [(once(program), once(nothing)) for _ in range(rounds)]
    return min(a for a, _ in pairs) / min(b for _, b in pairs)


class Database:
    """A database of its own with one migration applied, dropped behind it; of Redis, keys with a name of its own."""

    def __init__(self, kind, server):
        self.kind, self.server = kind, server
        self.name = f"footprint_{uuid.uuid4().hex[:12]}"

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="initium-footprint."))
        word = "mysql" if self.kind == "mariadb" else self.kind
        own, up = "", "CREATE TABLE one (a integer)"
        if self.kind == "redis":
            own, up = f"prefix: '{self.name}:'\n", f"SET {self.name}:one 1"
        (self.folder / "spec.yaml").write_text(
            f"version: 1\ndatabase: {word}\n{own}migrations:\n  - name: one\n    up: {up}\n"
        )
        if self.kind == "sqlite":
            self.url = f"sqlite:{self.folder}/one.db"
        elif self.kind == "redis":
            self.url = self.server
        else:
            self.client(f"CREATE DATABASE {self.name}")
            parts = urllib.parse.urlsplit(self.server)
            self.url = parts._replace(path=f"/{self.name}").geturl()
        return self

    def __exit__(self, *_):
        if self.kind == "redis":
            self.client("for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end")
        elif self.kind != "sqlite":
            self.client(f"DROP DATABASE {self.name}")
        shutil.rmtree(self.folder)

    def client(self, statement):
        parts = urllib.parse.urlsplit(self.server)
        user, password = urllib.parse.unquote(parts.username or ""), urllib.parse.unquote(parts.password)
        where = ["-h", parts.hostname]
        if self.kind == "postgres":
            words = ["psql", "-qX", *where, "-p", str(parts.port), "-U", user, "-d", parts.path[1:], "-c", statement]
        elif self.kind == "redis":
            words = ["redis-cli", *where, "-p", str(parts.port), "EVAL", statement, "0", f"*{self.name}*"]
        else:
            words = ["mysql", *where, "-P", str(parts.port), "-u", user, "-e", statement]
        output(*words, env=dict(os.environ, PGPASSWORD=password, MYSQL_PWD=password, REDISCLI_AUTH=password))

    def run(self, before, binary, verb, url=None, spec="spec.yaml"):
        """`verb` with nothing of our environment but the address; what stood on standard error."""
        words = [*before, str(binary), "migrate", *verb.split(), "--spec", str(self.folder / spec)]
        output(*words, env={"DATABASE_URL": url or self.url, "PATH": os.environ["PATH"]}, cwd=self.folder)

    def peak(self, binary, verb="check", spec="spec.yaml"):
        """The most memory that a verb had, in KiB. Asked by time(1), which is smaller than any answer:
        until it is the program, a process counts as the one that started it."""
        note = self.folder / "peak"
        self.run(["time", "-f", "%M", "-o", str(note)], binary, verb, spec=spec)
        return int(note.read_text().split()[-1])

    def declare(self, binary, tables):
        """So many tables of twenty columns, made from a schema file; the spec that declares them."""
        types = ("integer", "varchar(40)", "bigint", "text", "decimal(10,2)")
        text = "tables:\n"
        for n in range(tables):
            text += f"  - name: table_{n}\n    columns:\n      - {{name: id, type: bigint, primary_key: true}}\n"
            text += "".join(f"      - {{name: c{k}, type: '{types[k % 5]}', nullable: {str(k % 3 == 0).lower()}}}\n" for k in range(1, 20))
            text += f"    indexes:\n      - {{name: i{n}, columns: [c1, c2]}}\n"
        (self.folder / "tables.yaml").write_text(text)
        word = "mysql" if self.kind == "mariadb" else self.kind
        (self.folder / "many.yaml").write_text(
            f"version: 1\ndatabase: {word}\nschemas: [tables.yaml]\nstrategy: declarative\nignore: [one]\n"
        )
        self.run([], binary, "apply --allow-ahead", spec="many.yaml")
        return "many.yaml"

    def started(self, binary, url):
        """How many threads, and how many processes, `check` starts."""
        note = self.folder / "trace"
        self.run(["strace", "-f", "-e", "trace=clone,clone3,fork,vfork,execve", "-o", str(note)], binary, "check", url)
        trace = note.read_text()
        if "execve(" not in trace:
            raise SystemExit("tests/footprint: strace saw nothing")
        begun = [line for line in trace.splitlines() if re.search(r"\b(?:clone3?|v?fork)\(", line)]
        threads = sum("CLONE_THREAD" in line for line in begun)
        return threads, len(begun) - threads
