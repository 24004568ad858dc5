// SPDX-License-Identifier: Apache-2.0
// A folder in which the portal's sources and its packages stand side by side under names that are the same on every
// machine: what esbuild writes depends on the paths it sees. Used by build.mjs and by the tests.
import fs from 'node:fs';
import path from 'node:path';

// Fills `folder` anew. `node`: where ./fetch-packages has put the packages. `more`: further folders, by the name they get.
export function makeStage(folder, source, node, more = {}) {
  if (!fs.existsSync(path.join(node, 'installed.lock'))) {
    throw new Error(`${node} has no packages; run server/portal/fetch-packages ${node}`);
  }
  fs.rmSync(folder, {recursive: true, force: true});
  fs.mkdirSync(folder, {recursive: true});
  fs.cpSync(path.join(source, 'src'), path.join(folder, 'src'), {recursive: true});
  fs.copyFileSync(path.join(source, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
  for (const [name, from] of Object.entries(more)) fs.cpSync(from, path.join(folder, name), {recursive: true});
  fs.symlinkSync(path.resolve(node, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

export function options(argv) {
  const out = {};
  for (let i = 0; i < argv.length; i += 2) out[argv[i].replace(/^--/, '')] = argv[i + 1];
  return out;
}
