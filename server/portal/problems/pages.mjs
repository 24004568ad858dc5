// SPDX-License-Identifier: Apache-2.0
// One page for each problem of the API (RFC 9457), from catalogue.json: what has happened, what to do, and what the author of a
// client has to know. Without any script, English and German on one page. Used by ../build.mjs; a test compares the catalogue
// with the table in server/http/problem.cpp.

const kWords = {
  en: {happened: 'What has happened', todo: 'What to do', client: 'For authors of clients', all: 'All problems'},
  de: {happened: 'Was geschehen ist', todo: 'Was Sie tun können'},
};

const escaped = (text) => text.replace(/[&<>"]/g, (c) => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[c]);
const rich = (text) => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

function frame(title, {style, icon}, main) {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${escaped(title)} – Cardea</title>
    <link rel="icon" type="image/svg+xml" href="${icon}" />
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <div id="app">
      <header class="content">
        <a class="brand" href="/"><span class="mark" aria-hidden="true"></span>Cardea</a>
      </header>
      <main class="content">
${main}
      </main>
    </div>
  </body>
</html>
`;
}

function section(texts, words, language) {
  return `        <section lang="${language}">
          <h1>${escaped(texts.title)}</h1>
          <h2>${words.happened}</h2>
          <p>${rich(texts.happened)}</p>
          <h2>${words.todo}</h2>
          <p>${rich(texts.todo)}</p>
        </section>`;
}

function page(problem, links) {
  const client = `        <section>
          <h2>${kWords.en.client}</h2>
          <p><code>urn:cardea:problem:${problem.name}</code>, status ${problem.status}</p>
          <p>${rich(problem.client)}</p>
          <p><a href="/problems">${kWords.en.all}</a></p>
        </section>`;
  const main = [section(problem.en, kWords.en, 'en'), section(problem.de, kWords.de, 'de'), client].join('\n');
  return frame(problem.en.title, links, main);
}

function index(problems, links) {
  const rows = problems
    .map(
      ({name, status, en}) =>
        `          <li>${status} <a href="/problems/${name}">${escaped(en.title)}</a> <code>${name}</code></li>`,
    )
    .join('\n');
  return frame(kWords.en.all, links, `        <h1>${kWords.en.all}</h1>\n        <ul>\n${rows}\n        </ul>`);
}

// Files with their addresses. `links`: the addresses of style and icon.
export function problemPages(problems, links) {
  const bytes = (text) => Buffer.from(text);
  return [
    {name: 'problems.html', bytes: bytes(index(problems, links))},
    ...problems.map((problem) => ({
      name: `problem-${problem.name}.html`,
      address: `/problems/${problem.name}`,
      bytes: bytes(page(problem, links)),
    })),
  ];
}
