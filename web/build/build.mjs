// Builds the browser bundles into the product's Assets folder: fixed names, no source maps, nothing that changes from run to run.
// Beside each bundle lie its gzip and brotli forms, and the hash of the sources they were built from.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { sourceHash, webFolder } from './source-hash.mjs';

const assets = join(webFolder, '../src/SecureChat.AspNetCore/Assets');

const bundles = [
  { name: 'widget', entries: ['visitor/loader.ts'], format: 'iife' },
  { name: 'chat', entries: ['visitor/chat.tsx'], format: 'es' },
  { name: 'form', entries: ['form/main.ts'], format: 'iife' },
  { name: 'console', entries: ['console/main.tsx', 'console/main.ts'], format: 'es' },
  { name: 'inside', entries: ['inside/main.tsx', 'inside/main.ts'], format: 'es' },
];

// Bytes after gzip; kB = 1000 bytes.
const budgets = [
  { name: 'widget', of: ['widget'], most: 3_000 },
  { name: 'widget and chat', of: ['widget', 'chat'], most: 45_000 },
  { name: 'form', of: ['form'], most: 15_000 },
  { name: 'console', of: ['console'], most: 120_000 },
];

mkdirSync(assets, { recursive: true });
const sizes = new Map();
for (const { name, entries, format } of bundles) {
  const entry = entries.map(path => join(webFolder, path)).find(existsSync);
  const file = join(assets, `${name}.js`);
  if (!entry) {
    for (const path of [file, `${file}.gz`, `${file}.br`]) {
      rmSync(path, { force: true });
    }

    continue;
  }

  const [result] = [await build({
    root: webFolder,
    configFile: false,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      modulePreload: false,

      // Library mode leaves a classic script's own import() alone; for a module it would not take out white space.
      ...(format === 'iife' ? { lib: { entry, formats: ['iife'], name: 'SecureChat' } } : {}),
      rollupOptions: {
        input: entry,
        preserveEntrySignatures: 'strict',
        output: { format, codeSplitting: false, entryFileNames: `${name}.js`, comments: false },
      },
    },
  })].flat();
  const chunks = result.output.filter(output => output.type === 'chunk');
  if (chunks.length !== 1 || result.output.length !== 1) {
    throw new Error(`${name}: one file was expected, not ${result.output.map(output => output.fileName).join(', ')}.`);
  }

  // The licence of what a bundle contains asks to be named where the code is.
  const notice = chunks[0].moduleIds.some(id => id.includes('node_modules')) ? '/*! Contains preact and @microsoft/signalr, MIT: see THIRD-PARTY-NOTICES.md of SecureChat. */\n' : '';
  const code = Buffer.from(`${notice}${chunks[0].code.trimEnd()}\n`, 'utf8');
  const gzip = gzipSync(code, { level: 9, memLevel: 9 });

  // The operating system that made the archive: not our concern, and not the same everywhere.
  gzip[9] = 255;
  const brotli = brotliCompressSync(code, { params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: code.length,
  } });
  writeFileSync(file, code);
  writeFileSync(`${file}.gz`, gzip);
  writeFileSync(`${file}.br`, brotli);
  sizes.set(name, gzip.length);
  console.log(`${name}.js`.padEnd(18), `${code.length} bytes, gzip ${gzip.length}, brotli ${brotli.length}`);
}

writeFileSync(join(assets, 'assets.sha256'), `${sourceHash()}\n`);

let exceeded = false;
for (const { name, of, most } of budgets) {
  if (of.every(bundle => sizes.has(bundle))) {
    const size = of.reduce((sum, bundle) => sum + sizes.get(bundle), 0);
    exceeded ||= size > most;
    console.log(`${size > most ? 'TOO LARGE' : 'ok'}`.padEnd(10), `${name}: ${(size / 1000).toFixed(2)} of ${most / 1000} kB`);
  }
}

if (exceeded) {
  process.exitCode = 1;
}

// Preact carries a few of these for callers that ask for them; our sources must not.
const forbidden = /\.(inner|outer)HTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write\b|\beval\(|new Function\(|document\.cookie|\bstyle=/;
for (const path of ['shared', 'visitor', 'form', 'console', 'inside'].filter(folder => existsSync(join(webFolder, folder))).flatMap(folder =>
  readdirSync(join(webFolder, folder), { recursive: true }).map(name => `${folder}/${name}`).filter(name => /\.tsx?$/.test(name)))) {
  if (forbidden.test(readFileSync(join(webFolder, path), 'utf8'))) {
    console.log(`FORBIDDEN  ${path} has what a strict policy forbids: ${forbidden}`);
    process.exitCode = 1;
  }
}
