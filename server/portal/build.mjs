// SPDX-License-Identifier: Apache-2.0
// Builds the portal: hashed scripts and styles, pages, their compressed forms, and the manifest that cardea-server reads
// (docs/spec/portal.md). The same sources and packages give the same bytes.
// Usage: node build.mjs --node FOLDER --out FOLDER [--source FOLDER]
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';
import zlib from 'node:zlib';

import {problemPages} from './problems/pages.mjs';
import {makeStage, options} from './stage.mjs';

const given = options(process.argv.slice(2));
const source = path.resolve(given.source ?? path.dirname(fileURLToPath(import.meta.url)));
const out = path.resolve(given.out);
const node = path.resolve(given.node);
const stage = makeStage(`${out}.stage`, source, node);
const esbuild = createRequire(path.join(node, 'package.json'))('esbuild');

const kTypes = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};
const kOnePacket = 1400; // bytes; less than that travels at once anyway
// Whose licences go with the bundle.
const kBundled = [
  ...['@hpke/common', '@hpke/core', '@picocss/pico', '@zxcvbn-ts/core', '@zxcvbn-ts/dictionary-compression'],
  ...['@zxcvbn-ts/language-common', 'fastest-levenshtein', 'libsodium-sumo', 'libsodium-wrappers-sumo', 'lit-html'],
];

// Pico has its small pictures in data: addresses, which the portal's policy refuses: they become files.
const picturesAsFiles = {
  name: 'pictures-as-files',
  setup(build) {
    const prefix = /^data:image\/svg\+xml,/;
    build.onResolve({filter: prefix}, ({path: url}) => ({path: `${url}.svg`, namespace: 'picture'}));
    build.onLoad({filter: prefix, namespace: 'picture'}, ({path: url}) => {
      return {contents: decodeURIComponent(url.replace(prefix, '').replace(/\.svg$/, '')), loader: 'file'};
    });
  },
};

async function bundle(entryPoints, define = {}) {
  const result = await esbuild.build({
    absWorkingDir: stage,
    entryPoints,
    define,
    outdir: path.join(stage, 'out'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: 'picture-[hash]',
    publicPath: '/assets',
    bundle: true,
    format: 'esm',
    splitting: true,
    minify: true,
    legalComments: 'none',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
    preserveSymlinks: true,
    loader: {'.svg': 'file'},
    plugins: [picturesAsFiles],
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const files = result.outputFiles.map((file) => ({name: path.basename(file.path), bytes: Buffer.from(file.contents)}));
  const names = {};
  for (const [name, output] of Object.entries(result.metafile.outputs)) {
    if (output.entryPoint) names[output.entryPoint] = path.basename(name);
  }
  return {files, names};
}

function licences() {
  const text = (name) => {
    const folder = path.join(node, 'node_modules', name);
    const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const {version, license} = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const body = file ? fs.readFileSync(path.join(folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version}\n\n${body}\n`;
  };
  return Buffer.from(kBundled.map(text).join(`\n${'-'.repeat(80)}\n\n`));
}

function fill(template, values) {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`page.html: no value for ${name}`);
    return values[name];
  });
}

function pages(names) {
  const template = fs.readFileSync(path.join(stage, 'src/pages/page.html'), 'utf8');
  const common = {script: `/assets/${names['src/pages/main.ts']}`, style: `/assets/${names['src/pages/style.css']}`};
  common.icon = `/assets/${names.icon}`;
  const page = (file, title) => ({name: file, bytes: Buffer.from(fill(template, {...common, title}))});
  const problems = JSON.parse(fs.readFileSync(path.join(source, 'problems/catalogue.json'), 'utf8'));
  return [
    ...problemPages(problems, common),
    page('index.html', 'Cardea'),
    page('access-key.html', 'Get my access key – Cardea'),
    page('lost-card.html', 'My card is lost – Cardea'),
    page('account.html', 'My Cardea – Cardea'),
    page('register.html', 'Register – Cardea'),
    page('help-desk.html', 'Help desk – Cardea'),
    page('administrator.html', 'Administrator – Cardea'),
  ];
}

const hashed = (name, bytes) => {
  const digest = crypto.createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
  return {name: name.replace(/(\.\w+)$/, `-${digest}$1`), bytes};
};

const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

// What a page's address is, and whether its name tells its content.
function entry({name, bytes, address: given}) {
  const page = name.endsWith('.html');
  const address = given ? given : name === 'index.html' ? '/' : page ? `/${name.replace(/\.html$/, '')}` : `/assets/${name}`;
  const zipped = zlib.gzipSync(bytes, {level: 9});
  const worth = bytes.length > kOnePacket && zipped.length < bytes.length * 0.9;
  if (worth) fs.writeFileSync(path.join(out, `${name}.gz`), zipped);
  fs.writeFileSync(path.join(out, name), bytes);
  return {
    path: address,
    file: name,
    type: kTypes[path.extname(name)],
    immutable: !page,
    sha256: sha256(bytes),
    ...(worth ? {gzip_sha256: sha256(zipped)} : {}),
  };
}

const worker = await bundle(['src/worker/worker.ts']);
const licence = hashed('licences.txt', licences());
const icon = hashed('icon.svg', fs.readFileSync(path.join(stage, 'src/pages/icon.svg')));
const app = await bundle(['src/pages/main.ts', 'src/pages/style.css'], {
  WORKER_URL: JSON.stringify(`/assets/${worker.names['src/worker/worker.ts']}`),
  LICENCES_URL: JSON.stringify(`/assets/${licence.name}`),
});

fs.rmSync(out, {recursive: true, force: true});
fs.mkdirSync(out, {recursive: true});
const files = [...pages({...app.names, icon: icon.name}), ...app.files, ...worker.files, licence, icon];
const unique = [...new Map(files.map((file) => [file.name, file])).values()];
const manifest = unique.map(entry).sort((a, b) => (a.path < b.path ? -1 : 1));
fs.writeFileSync(path.join(out, 'manifest.json'), JSON.stringify({version: 1, files: manifest}, null, 1) + '\n');
fs.rmSync(stage, {recursive: true});
