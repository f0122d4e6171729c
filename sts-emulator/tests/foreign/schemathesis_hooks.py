"""What schemathesis cannot find in the schema: a subject token that is one, and the values of x-extensible-enum.

What it makes up to be refused is sent as it is. What it makes up to be accepted gets them, and loses parameters that
the schema does not name, which the emulator refuses although the schema does not forbid them.
"""

import os
import urllib.request

import schemathesis
import yaml

with open(os.environ["STS_SPECIFICATION"], encoding="utf-8") as fragment:
    SCHEMAS = yaml.safe_load(fragment)["components"]["schemas"]
PROPERTIES = SCHEMAS["sts.v1.TokenExchangeRequest"]["properties"]
LISTED = {name: each["x-extensible-enum"][0] for name, each in PROPERTIES.items() if "x-extensible-enum" in each}
with urllib.request.urlopen(os.environ["STS_URL"] + "/idp/any-token?sub=me") as answer:
    SUBJECT_TOKEN = answer.read().decode()


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is not None and not case.meta.generation.mode.is_positive:
        return
    if not isinstance(case.body, dict):
        # The fragment does not say that there must be a body.
        case.body, case.media_type = {}, "application/x-www-form-urlencoded"
    for name in set(case.body) - set(PROPERTIES):
        del case.body[name]
    case.body.update(LISTED, subject_token=SUBJECT_TOKEN, identity_pool_id="pool-abc")
    # The schema has no minimum, and a token has to live for a second.
    if isinstance(case.body.get("expires_in"), int):
        case.body["expires_in"] = max(1, case.body["expires_in"])
