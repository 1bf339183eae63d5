#!/usr/bin/env bash
# Publishes the sample, starts it in Production on loopback, and plays the main job against it from another process.
# Prints each step and what was stored. The thing to show a stranger.
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/with-sample.sh

start_sample
dotnet "$driver" main-job "$url" "$setup_token" "$folder/app/data"

echo "== the audit log, verified by the host and against the exported head"
stop_sample
run_command audit verify --head "$folder/app/data/audit-head.jsonl"
