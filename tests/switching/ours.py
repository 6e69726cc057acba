"""Our program, with the database's URL in the environment and nothing else of this machine."""

import os

from tools import run

BINARY = os.environ["INITIUM_TEST_BINARY"]


def ours(tool, database, folder, verb, *words):
    command = [BINARY, "migrate", verb, "--dir", folder, "--url-env", "APP_URL", *tool.said, *words]
    return run(command, APP_URL=database.url)
