#!/usr/bin/env bash
# Builds the browser code and its tests. With --check it also fails when the committed bundles are not what the sources make.
#   ./eng/web.sh [--check]
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null 2>&1; then
  if [ -r /etc/debian_version ] && [ "$(id -u)" = 0 ]; then
    echo "== installing npm (builds the browser code)"
    DEBIAN_FRONTEND=noninteractive apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq npm >/dev/null
  else
    echo "Missing: npm (builds the browser code). Install Node.js 20.19 or newer." >&2
    exit 3
  fi
fi

# The bundler wants 20.19; a distribution's own may be older. Then Node comes as a package, into a folder that ends with this script.
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  own="$(mktemp -d)"
  trap 'rm -rf "$own"' EXIT
  echo "== Node here is $(node --version 2>/dev/null || echo missing); taking 20.19.5 for this run"
  npm install --prefix "$own" --no-save --silent node@20.19.5
  export PATH="$own/node_modules/.bin:$PATH"
fi

cd web
npm ci --ignore-scripts --no-audit --no-fund --silent
npm test --silent
npm run build --silent
if [ "${1:-}" = --check ]; then
  cd ..
  changed="$(git status --porcelain -- src/SecureChat.AspNetCore/Assets)"
  if [ -n "$changed" ]; then
    echo "The committed bundles are not what web/ makes. Run ./eng/web.sh and commit the files:" >&2
    echo "$changed" >&2
    exit 1
  fi
  echo "The committed bundles are what web/ makes."
fi
