// The hash that says which sources the committed bundles were built from. MSBuild computes it again without Node, so it is plain:
//   files    every file below web/, except node_modules/, hidden files and folders (names that begin with a dot) but .npmrc
//   order    relative paths with '/', compared by UTF-16 code units (ordinal)
//   content  path, one zero byte, the file's bytes with each CR LF replaced by LF, one zero byte
//   hash     SHA-256 over all of it, lower-case hexadecimal
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const webFolder = dirname(dirname(fileURLToPath(import.meta.url)));

function* filesBelow(folder, prefix) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if ((entry.name.startsWith('.') && entry.name !== '.npmrc') || entry.name === 'node_modules') {
      continue;
    }

    const path = prefix + entry.name;
    if (entry.isDirectory()) {
      yield* filesBelow(join(folder, entry.name), `${path}/`);
    } else {
      yield path;
    }
  }
}

function withoutCarriageReturns(bytes) {
  const kept = Buffer.alloc(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 13 || bytes[i + 1] !== 10) {
      kept[length++] = bytes[i];
    }
  }

  return kept.subarray(0, length);
}

export function sourceHash() {
  const hash = createHash('sha256');
  for (const path of [...filesBelow(webFolder, '')].sort((one, other) => (one < other ? -1 : 1))) {
    hash.update(Buffer.from(path, 'utf8')).update(Buffer.of(0));
    hash.update(withoutCarriageReturns(readFileSync(join(webFolder, path)))).update(Buffer.of(0));
  }

  return hash.digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(sourceHash());
}
