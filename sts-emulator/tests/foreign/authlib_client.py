"""Authlib: client credentials, the token exchange of RFC 8693, and our tokens by our JWKS."""

import sys

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

URL = sys.argv[1]


def discovered(issuer):
    return requests.get(issuer + "/.well-known/openid-configuration", timeout=10).json()


def claims(metadata, token):
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    algorithms = metadata["id_token_signing_alg_values_supported"]
    verified = jwt.decode(token, keys, algorithms=algorithms).claims
    jwt.JWTClaimsRegistry(iss={"essential": True, "value": metadata["issuer"]}).validate(verified)
    return verified


identity_provider, sts = discovered(URL + "/idp"), discovered(URL)
for method in identity_provider["token_endpoint_auth_methods_supported"]:
    session = OAuth2Session("my-workload", "a secret & more", token_endpoint_auth_method=method)
    subject = session.fetch_token(identity_provider["token_endpoint"], grant_type="client_credentials", audience="x")
    assert claims(identity_provider, subject["access_token"])["sub"] == "my-workload"

    # The client does not authenticate itself to the STS.
    session = OAuth2Session("my-workload", token_endpoint_auth_method=lambda client, m, uri, headers, body: (uri, headers, body))
    token = session.fetch_token(
        sts["token_endpoint"],
        grant_type=sts["grant_types_supported"][0],
        subject_token=subject["access_token"],
        subject_token_type="urn:ietf:params:oauth:token-type:jwt",
        requested_token_type="urn:ietf:params:oauth:token-type:access_token",
        identity_pool_id="pool-abc",
    )
    assert claims(sts, token["access_token"])["sub"] == "my-workload"
    answer = session.get(URL + "/resource/pool-abc")
    assert answer.status_code == 200 and answer.json()["sub"] == "my-workload"

print("done")
