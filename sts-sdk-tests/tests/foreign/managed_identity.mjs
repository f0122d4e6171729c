// MSAL for Node asks for a token of a managed identity: managed_identity.mjs PACKAGES RESOURCE [KIND ID]

import { createRequire } from "node:module";

const [, , packages, resource, kind, id] = process.argv;
// The packages lie beside none of our files.
const require = createRequire(`${packages}/index.js`);
const { ManagedIdentityApplication } = require("@azure/msal-node");
const kinds = {
  "client-id": "userAssignedClientId",
  "object-id": "userAssignedObjectId",
  "resource-id": "userAssignedResourceId",
};
const managedIdentityIdParams = kind ? { [kinds[kind]]: id } : undefined;
const application = new ManagedIdentityApplication({ managedIdentityIdParams });
await application.acquireToken({ resource });
