// openid-client: discovery, client credentials, the token exchange of RFC 8693, and our tokens by our JWKS.

import assert from "node:assert";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages lie beside none of our files.
const require = createRequire(`${process.argv[3]}/index.js`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const client = await load("openid-client");
const jose = await load("jose");

const url = process.argv[2];
const options = { execute: [client.allowInsecureRequests] };
const verified = async (config, token) => {
  const { issuer, jwks_uri } = config.serverMetadata();
  const { payload } = await jose.jwtVerify(token, jose.createRemoteJWKSet(new URL(jwks_uri)), { issuer });
  return payload;
};

for (const authentication of [client.ClientSecretBasic, client.ClientSecretPost]) {
  const idp = await client.discovery(new URL(`${url}/idp`), "my-workload", {}, authentication("a secret & more"), options);
  const subject = await client.clientCredentialsGrant(idp, { scope: "a b", audience: "x" });
  assert.equal((await verified(idp, subject.access_token)).sub, "my-workload");

  // The client does not authenticate itself to the STS.
  const sts = await client.discovery(new URL(url), "my-workload", {}, () => {}, options);
  const token = await client.genericGrantRequest(sts, "urn:ietf:params:oauth:grant-type:token-exchange", {
    subject_token: subject.access_token,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
    identity_pool_id: "pool-abc",
  });
  assert.equal(token.expires_in, 900);
  assert.equal((await verified(sts, token.access_token)).sub, "my-workload");
  const api = await client.fetchProtectedResource(sts, token.access_token, new URL(`${url}/resource/pool-abc`), "GET");
  assert.equal(api.status, 200);
}
console.log("done");
