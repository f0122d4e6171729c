"""confluent-kafka: librdkafka's own method `oidc`, which renews its token at four fifths of its life.

It does so without a broker. Its settings come from `confluent-sts kafka-config --format json`.
"""

import json
import sys
import time

from confluent_kafka import Producer

errors = []
settings = json.load(sys.stdin) | {
    "security.protocol": "SASL_PLAINTEXT",
    "error_cb": lambda error: errors.append(str(error)),
}
producer = Producer(settings)
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    producer.poll(1)
# There is no broker.
errors = [error for error in errors if "_TRANSPORT" not in error and "_ALL_BROKERS_DOWN" not in error]
assert not errors, errors
print("done")
