#!/usr/bin/env python3
"""Records what botocore, AWS's own library, makes of fixed inputs: recorded.jsonl.

    python3 -m venv venv && venv/bin/pip install botocore && venv/bin/python record.py > recorded.jsonl

Must never: use credentials that exist. Those below are of AWS's documentation, or made up.
"""
import datetime
import json
import sys

import botocore
import botocore.auth
import botocore.session

KEY = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None)
SHORT = ("ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2VjEJr//////////wEaCWV1LXdlc3QtMSJHMEUCIQ==")
LONG = ("ASIAQEXAMPLEQEXAMPLE", "a+b/c=d e&f?g%h~iJKLMNOPQRSTUVWXYZ012345", "FwoGZXIvYXdzE" + "Ab+/9" * 250 + "==")
HOST = "app.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com"
WHEN = "2026-11-21T13:37:09"

CASES = [
    # host, port, user, region, credentials, when
    (HOST, 5432, "app", "eu-west-1", KEY, WHEN),
    (HOST, 5432, "app", "eu-west-1", SHORT, WHEN),
    (HOST, 5432, "app", "eu-west-1", LONG, WHEN),
    (HOST, 3306, "app", "eu-west-1", SHORT, WHEN),
    (HOST, 3306, "app", "eu-west-2", SHORT, WHEN),
    # The port of the scheme is no part of what is signed.
    (HOST, 443, "app", "eu-west-1", KEY, WHEN),
    (HOST, 80, "app", "eu-west-1", KEY, WHEN),
    (HOST, 1, "app", "eu-west-1", KEY, WHEN),
    (HOST, 65535, "app", "eu-west-1", SHORT, WHEN),
    ("app.cluster-c1a2b3c4d5e6.us-east-1.rds.amazonaws.com", 5432, "app", "us-east-1", SHORT, WHEN),
    ("app.proxy-c1a2b3c4d5e6.us-gov-west-1.rds.amazonaws.com", 5432, "app", "us-gov-west-1", SHORT, WHEN),
    ("app.c1a2b3c4d5e6.rds.cn-north-1.amazonaws.com.cn", 3306, "app", "cn-north-1", SHORT, WHEN),
    ("App.C1A2B3C4D5E6.EU-West-1.RDS.amazonaws.com", 5432, "app", "eu-west-1", SHORT, WHEN),
    ("127.0.0.1", 5432, "app", "eu-west-1", KEY, WHEN),
    ("localhost", 15432, "app", "eu-west-1", KEY, WHEN),
    (HOST, 5432, "app user", "eu-west-1", SHORT, WHEN),
    (HOST, 5432, "a&DBUser=root", "eu-west-1", SHORT, WHEN),
    (HOST, 5432, "a=b+c/d?e#f%41", "eu-west-1", SHORT, WHEN),
    (HOST, 5432, "-._~!*'()", "eu-west-1", SHORT, WHEN),
    (HOST, 5432, "o'connor\"; DROP TABLE x; --", "eu-west-1", SHORT, WHEN),
    (HOST, 5432, "müller@例え.🦀", "eu-west-1", SHORT, WHEN),
    (HOST, 5432, "tab\tline\nreturn\r\\", "eu-west-1", SHORT, WHEN),
    (HOST, 5432, "$aws:user,;:@", "eu-west-1", KEY, WHEN),
    (HOST, 5432, "A" * 128, "eu-west-1", LONG, WHEN),
    (HOST, 5432, "app", "eu-west-1", KEY, "2024-02-29T00:00:00"),
    (HOST, 5432, "app", "eu-west-1", SHORT, "2027-01-01T00:00:01"),
    (HOST, 5432, "app", "eu-west-1", SHORT, "2026-12-31T23:59:59"),
    (HOST, 5432, "app", "eu-west-1", SHORT, "2026-01-02T03:04:05"),
]


def record(host, port, user, region, credentials, when):
    moment = datetime.datetime.fromisoformat(when)
    botocore.auth.get_current_datetime = lambda *_, **__: moment
    key, secret, session = credentials
    client = botocore.session.get_session().create_client(
        "rds", region_name=region, aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=session
    )
    return client.generate_db_auth_token(host, port, user)


print(f"botocore {botocore.__version__}, {len(CASES)} cases", file=sys.stderr)
for host, port, user, region, credentials, when in CASES:
    row = dict(zip(("host", "port", "user", "region"), (host, port, user, region)))
    row |= dict(zip(("key", "secret", "session"), credentials))
    row |= {"when": when + "Z", "token": record(host, port, user, region, credentials, when)}
    print(json.dumps(row, ensure_ascii=False))
