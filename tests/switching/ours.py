"""Our program, with the database's URL in the environment and nothing else of this machine."""

import os

from tools import run

BINARY = os.environ["INITIUM_TEST_BINARY"]


def ours(database, *words, cwd=None):
    return run([BINARY, *words], cwd=cwd, DATABASE_URL=database.url)


def on_folder(database, verb, folder, *words):
    return ours(database, *verb, "--dir", str(folder), "--url-env", "DATABASE_URL", *words)
