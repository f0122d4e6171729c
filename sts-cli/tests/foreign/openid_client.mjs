// openid-client: the grant client_credentials, and again when the token has expired.

import assert from "node:assert";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { setTimeout } from "node:timers/promises";

// The packages lie beside none of our files.
const require = createRequire(`${process.argv[5]}/index.js`);
const client = await import(pathToFileURL(require.resolve("openid-client")));

const [url, id, secret] = process.argv.slice(2);
const server = { issuer: new URL(url).origin, token_endpoint: url };
const config = new client.Configuration(server, id, {}, client.ClientSecretBasic(secret));
client.allowInsecureRequests(config);

const seen = new Set();
while (seen.size < 3) {
  const token = await client.clientCredentialsGrant(config);
  const seconds = token.expiresIn();
  assert(Number.isInteger(seconds) && seconds > 0 && seconds <= 20, `${seconds}`);
  assert(!seen.has(token.access_token), "the same token again");
  seen.add(token.access_token);
  await setTimeout(seen.size < 3 ? seconds * 1000 : 0);
}
console.log("done");
