// @actions/core asks for an ID token, as a step of a job does.

import { pathToFileURL } from "node:url";

const [, , packages, audience] = process.argv;
// The packages lie beside none of our files, and this one is not to be had by require().
const core = await import(pathToFileURL(`${packages}/node_modules/@actions/core/lib/core.js`));
await core.getIDToken(audience);
