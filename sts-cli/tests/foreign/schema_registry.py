"""Runs a program against a registry that knows one subject and looks at the headers of its requests."""

import base64
import http.server
import json
import os
import runpy
import sys
import threading

seen = []


class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen.append(dict(self.headers.items()))
        body = json.dumps(["a-subject"]).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["SCHEMA_REGISTRY_URL"] = f"http://127.0.0.1:{server.server_address[1]}"
runpy.run_path(sys.argv[1])

headers = {name.lower(): value for name, value in seen[0].items()}
assert headers["confluent-identity-pool-id"] == "pool-abc"
assert headers["target-sr-cluster"] == "lsrc-123"
kind, token = headers["authorization"].split(" ")
claims = token.split(".")[1]
claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
assert (kind, claims["sub"]) == ("Bearer", "me")
print("done")
