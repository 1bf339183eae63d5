#!/usr/bin/env bash
# Publishes the sample, starts it in Production on loopback, and plays the main job against it from another process.
# Prints each step and what was stored. The thing to show a stranger.
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/with-sample.sh

start_sample

echo "== the pages and scripts of the published sample, in Production, from another folder"
for path in / /signin /setup /chat/console /chat/form /chat/widget.js /chat/chat.js /chat/form.js /chat/console.js; do
  size="$(curl --silent --show-error --fail --compressed "$url$path" | wc -c)"
  [ "$size" -gt 400 ] || { echo "$path answered $size bytes" >&2; exit 1; }
  echo "$path: $size bytes"
done
[ "$(curl --silent --output /dev/null --write-out '%{http_code}' "$url/chat/inside")" = 404 ] || { echo "The inside page exists in Production." >&2; exit 1; }

dotnet "$driver" main-job "$url" "$setup_token" "$folder/app/data"

echo "== the audit log, verified by the host and against the exported head"
stop_sample
run_command audit verify --head "$folder/app/data/audit-head.jsonl"
