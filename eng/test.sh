#!/usr/bin/env bash
# Runs everything: restore, build, every test project, coverage of skips. The one command for contributors and CI.
#
#   ./eng/test.sh              everything
#   ./eng/test.sh Unit Stores  only test projects whose name contains one of the words
#
# On Debian and its children it installs what is missing and says so; elsewhere it names what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '== %s\n' "$*"; }
. eng/need.sh

if ! command -v dotnet >/dev/null 2>&1; then
  echo "Missing: the .NET 10 SDK (dotnet). Install it from https://dot.net, then run this again." >&2
  exit 3
fi
case "$(dotnet --version)" in
  10.*) ;;
  *) echo "The .NET SDK found is $(dotnet --version); this needs 10.0." >&2; exit 3 ;;
esac
need curl curl "plays the main job against the published sample"
need gcc gcc "links what is compiled ahead of time"
if [ -z "${SECURECHAT_POSTGRES:-}" ] && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  need initdb postgresql "stores records for several hosts"
fi
if [ -z "${SECURECHAT_CHROMIUM:-}" ]; then
  need chromium chromium "clicks through the pages"
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results="$(mktemp -d)"
trap 'rm -rf "$results"' EXIT

say "restore and build"
dotnet build SecureChat.sln --configuration Release --nologo -v quiet -consoleLoggerParameters:"NoSummary;ErrorsOnly"

projects=()
for project in tests/*.Tests/*.Tests.csproj; do
  if [ $# -eq 0 ]; then
    projects+=("$project")
  else
    for word in "$@"; do
      case "$project" in *"$word"*) projects+=("$project"); break ;; esac
    done
  fi
done
[ ${#projects[@]} -gt 0 ] || { echo "No test project matches: $*" >&2; exit 2; }

failed=0
for project in "${projects[@]}"; do
  name="$(basename "$project" .csproj)"
  say "test $name"
  dotnet test "$project" --configuration Release --no-build --nologo \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" || failed=1
done

# What failed is named again at the end, with the first line of why: the log above is long, and often only its end is kept.
for trx in "$results"/*.trx; do
  [ -r "$trx" ] || continue
  awk '
    /<UnitTestResult / { name = ""; if (/outcome="(Failed|Error)"/) { name = $0; sub(/.* testName="/, "", name); sub(/".*/, "", name) } }
    name != "" && /<Message>/ { why = $0; sub(/.*<Message>/, "", why); sub(/<\/Message>.*/, "", why); print "FAILED: " name ": " substr(why, 1, 300); name = "" }
  ' "$trx"
done

# The counts come from the result files, not from a runner's prose.
sum() { cat "$results"/*.trx 2>/dev/null | grep -o "<Counters [^>]*" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' | awk '{ total += $1 } END { print total + 0 }'; }
total=$(sum total); passed=$(sum passed); bad=$(sum failed); errors=$(sum error)
skipped=$((total - passed - bad - errors))
bad=$((bad + errors))

if [ "$skipped" -ne 0 ]; then
  echo "$skipped tests did not run; nothing may be skipped." >&2
  failed=1
fi
[ "$total" -gt 0 ] || { echo "No test ran." >&2; failed=1; }
if [ "$failed" -ne 0 ] && [ "$bad" -eq 0 ]; then
  bad=1
fi
echo "$passed passed, $bad failed"
exit "$failed"
