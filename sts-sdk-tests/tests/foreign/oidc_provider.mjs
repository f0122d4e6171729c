// An OpenID provider with clients that authenticate in each way, until its standard input ends:
//
//     node oidc_provider.mjs PACKAGES FOLDER JWKS_URI
//
// It writes the private keys of its clients into FOLDER, and its URL to standard output. The client `federated` has its keys
// at JWKS_URI.

import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [packages, folder, jwks_uri] = process.argv.slice(2);
const require = createRequire(`${packages}/index.js`);
const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signing = generateKeyPairSync("rsa", { modulusLength: 2048 });
const keep = (name, key, options) => {
  const pem = key.privateKey.export({ format: "pem", ...options });
  writeFileSync(join(folder, `${name}.pem`), pem, { mode: 0o600 });
};
const encrypted = { cipher: "aes-256-cbc", passphrase: "a passphrase" };
keep("rsa-pkcs8", rsa, { type: "pkcs8" });
keep("rsa-pkcs1", rsa, { type: "pkcs1" });
keep("ec-pkcs8", ec, { type: "pkcs8" });
keep("ec-sec1", ec, { type: "sec1" });
keep("encrypted-pkcs8", ec, { type: "pkcs8", ...encrypted });
keep("encrypted-pkcs1", rsa, { type: "pkcs1", ...encrypted });
keep("other", generateKeyPairSync("ec", { namedCurve: "P-256" }), { type: "pkcs8" });
keep("p384", generateKeyPairSync("ec", { namedCurve: "P-384" }), { type: "pkcs8" });

const client = (client_id, token_endpoint_auth_method, more) => ({
  client_id,
  token_endpoint_auth_method,
  grant_types: ["client_credentials"],
  response_types: [],
  redirect_uris: [],
  scope: "read",
  ...more,
});
const jwk = (key, kid) => ({ ...key.publicKey.export({ format: "jwk" }), kid, use: "sig" });
const client_secret = 'a secret: % + & = "';

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      client("basic", "client_secret_basic", { client_secret }),
      client("post", "client_secret_post", { client_secret }),
      client("rs256", "private_key_jwt", {
        token_endpoint_auth_signing_alg: "RS256",
        jwks: { keys: [jwk(rsa, "k1")] },
      }),
      client("es256", "private_key_jwt", {
        token_endpoint_auth_signing_alg: "ES256",
        jwks: { keys: [jwk(ec, "k1")] },
      }),
      client("federated", "private_key_jwt", { token_endpoint_auth_signing_alg: "ES256", jwks_uri }),
    ],
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    jwks: { keys: [{ ...signing.privateKey.export({ format: "jwk" }), kid: "s1", use: "sig", alg: "RS256" }] },
    scopes: ["read", "write"],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      // Access tokens are JWTs for resources that say so, and opaque otherwise.
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, audience) => ({
          audience,
          scope: "read write",
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    // Its dispatcher reads no keys of clients from loopback addresses.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.resume().on("end", () => process.exit());
