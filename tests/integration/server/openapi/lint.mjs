// SPDX-License-Identifier: Apache-2.0
// Lints server/openapi.yaml by the rules of redocly.yaml beside this file; warnings count as errors.
// Usage: node lint.mjs --node FOLDER --document FILE     (FOLDER: what server/portal/fetch-packages has filled)
import path from 'node:path';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';

const given = {};
for (let i = 2; i < process.argv.length; i += 2) given[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];

const core = createRequire(path.join(path.resolve(given.node), 'package.json'))('@redocly/openapi-core');
const rules = path.join(path.dirname(fileURLToPath(import.meta.url)), 'redocly.yaml');
const config = await core.loadConfig({configPath: rules});
const problems = await core.lint({ref: given.document, config});
for (const problem of problems) {
  const at = problem.location?.[0];
  console.error(`${given.document}: ${at?.pointer ?? ''}: ${problem.message} (${problem.ruleId})`);
}
console.log(`${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
