"""authlib: a session for the grant client_credentials, which renews its token when that has expired."""

import sys
import time

from authlib.integrations.requests_client import OAuth2Session

URL, CLIENT_ID, CLIENT_SECRET, API = sys.argv[1:]

session = OAuth2Session(
    CLIENT_ID,
    CLIENT_SECRET,
    token_endpoint=URL,
    grant_type="client_credentials",
    token_endpoint_auth_method="client_secret_basic",
    leeway=1,
)
session.trust_env = False
session.fetch_token(URL)
seen = [session.token["access_token"]]
while len(seen) < 3:
    # Whatever API: what counts is the token that the session presents.
    assert session.get(API).status_code == 200
    token = session.token["access_token"]
    if token != seen[-1]:
        seen.append(token)
    time.sleep(0.5)
assert len(set(seen)) == 3
print("done")
