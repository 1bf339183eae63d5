#!/usr/bin/env bash
# Sends the text of each line of FILE.jsonl through a running host and prints recall per kind against its spans.
#   ./eng/replay.sh FILE.jsonl
set -euo pipefail
file="$(realpath "${1:?usage: eng/replay.sh FILE.jsonl}")"
cd "$(dirname "$0")/.."
. eng/with-sample.sh

# One address starts a conversation per line: lift the limit that protects a real host from that.
start_sample --SecureChat:Limits:ConversationsPerAddressPerMinute=10000 --SecureChat:Limits:VisitorWritesPerAddressPerSecond=100000
dotnet "$driver" replay "$url" "$file"
