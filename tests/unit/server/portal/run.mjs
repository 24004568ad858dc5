// SPDX-License-Identifier: Apache-2.0
// Checks the types of the portal and its tests, bundles the tests and runs them under node.
// Usage: node run.mjs --portal FOLDER --node FOLDER --work FOLDER       (with CARDEA_SOURCE_DIR)
import {spawnSync} from 'node:child_process';
import {createRequire} from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

const [, portal, , node, , work] = process.argv.slice(2).map((name) => path.resolve(name));
const {makeStage} = await import(pathToFileURL(path.join(portal, 'stage.mjs')));
const here = path.dirname(fileURLToPath(import.meta.url));
const stage = makeStage(work, portal, node, {tests: here});
const esbuild = createRequire(path.join(node, 'package.json'))('esbuild');

function run(...command) {
  const {status} = spawnSync(command[0], command.slice(1), {cwd: stage, stdio: 'inherit'});
  if (status !== 0) process.exit(1);
}

run(process.execPath, 'node_modules/typescript/lib/tsc.js', '-p', '.');
const names = fs.readdirSync(here).filter((name) => name.endsWith('_test.ts'));
await esbuild.build({
  absWorkingDir: stage,
  entryPoints: names.map((name) => `tests/${name}`),
  outdir: 'bundles',
  outExtension: {'.js': '.mjs'},
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node18',
  preserveSymlinks: true,
  sourcemap: 'inline',
  logLevel: 'warning',
});
run(process.execPath, '--enable-source-maps', '--test', ...names.map((name) => `bundles/${name.replace(/ts$/, 'mjs')}`));
