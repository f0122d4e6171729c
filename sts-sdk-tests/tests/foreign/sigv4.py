"""botocore signs a request again that was captured, and says what comes out: sigv4.py < REQUEST.

The request is a JSON object: method, url, headers, body, access_key, secret_key, token, region.
"""

import datetime
import hashlib
import json
import sys
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

request = json.load(sys.stdin)
headers = {name.lower(): value for name, value in request["headers"]}
theirs = headers.pop("authorization")
signed = theirs.split("SignedHeaders=")[1].split(",")[0].split(";")
time = datetime.datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
assert headers["x-amz-content-sha256"] == hashlib.sha256(request["body"].encode()).hexdigest()

# Those that botocore adds itself are left to it.
own = {"host", "x-amz-date", "x-amz-security-token"}
again = AWSRequest(
    method=request["method"],
    url=request["url"],
    data=request["body"],
    headers={name: headers[name] for name in signed if name not in own},
)
credentials = Credentials(request["access_key"], request["secret_key"], request["token"])
with mock.patch("botocore.auth.get_current_datetime", return_value=time):
    botocore.auth.SigV4Auth(credentials, "sts", request["region"]).add_auth(again)
for name in own & set(signed) - {"host"}:
    assert again.headers[name] == headers[name], name
assert again.headers["authorization"] == theirs, f"{again.headers['authorization']} is not {theirs}"
print("the same")
