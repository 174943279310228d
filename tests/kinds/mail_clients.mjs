// What of a mail's HTML, read from standard input, the mail programs named as arguments do not support: by feature.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [tools, ...clients] = process.argv.slice(2);
const { caniemail } = await import(pathToFileURL(createRequire(`${tools}/`).resolve("caniemail")).href);
const found = {};
for (const [client, issues] of caniemail({ clients, html: readFileSync(0, "utf8") }).issues.errors) {
  for (const issue of issues) (found[issue.title] ??= []).push(client);
}
console.log(JSON.stringify(found));
