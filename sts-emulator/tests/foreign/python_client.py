"""The client that openapi-generator makes for Python: all ten parameters, a 400 and a 429."""

import json
import sys
import urllib.request

import openapi_client
from joserfc import jwt
from joserfc.jwk import KeySet
from openapi_client.rest import ApiException

URL = sys.argv[1]


def get(path):
    with urllib.request.urlopen(URL + path) as answer:
        return answer.read()


def post(path, body):
    request = urllib.request.Request(URL + path, json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as answer:
        return answer.read()


with openapi_client.ApiClient(openapi_client.Configuration(host=URL)) as api_client:
    api_instance = openapi_client.OAuthTokensStsV1Api(api_client)

    def exchange(**changed):
        parameters = {
            "api_version": "sts/v1",
            "kind": "TokenExchangeRequest",
            "id": "dlz-f3a90de",
            "metadata": openapi_client.StsV1TokenExchangeRequestMetadata(
                **{"self": "https://api.confluent.cloud/sts/v1/token-exchange-requests/ter-12345"}
            ),
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": get("/idp/any-token?sub=me").decode(),
            "identity_pool_id": "pool_1",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "expires_in": 900,
        }
        return api_instance.exchange_sts_v1_oauth_token(**(parameters | changed))

    reply = exchange()
    assert reply.token_type == "Bearer" and reply.expires_in == 900, "reply"
    keys = KeySet.import_key_set(json.loads(get("/jwks")))
    claims = jwt.decode(reply.access_token, keys, algorithms=["ES256"]).claims
    jwt.JWTClaimsRegistry().validate(claims)
    assert (claims["sub"], claims["iss"]) == ("me", URL)

    try:
        # The example of the documentation, which is no JWT.
        exchange(subject_token="test_jwt_token")
        raise AssertionError("no 400")
    except ApiException as error:
        assert error.status == 400
        assert error.data.errors[0].source.parameter == "subject_token"

    post("/control/faults", {"status": 429, "headers": {"retry-after": "1"}})
    try:
        exchange()
        raise AssertionError("no 429")
    except ApiException as error:
        assert error.status == 429 and error.headers["retry-after"] == "1"
    exchange()

print("done")
