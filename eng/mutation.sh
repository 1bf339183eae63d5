#!/usr/bin/env bash
# Changes the masking engine in many small ways and counts how many of the changes a test notices (Stryker.NET). Not in CI: each change
# costs a run of the engine's tests.
#
#   ./eng/mutation.sh                                        the validators and checksums
#   ./eng/mutation.sh Detectors/CardDetector.cs 'Rules/*.cs' these files of src/SecureChat.Masking
#
# The report goes to artifacts/mutation.
set -euo pipefail
cd "$(dirname "$0")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
files=("$@")
[ ${#files[@]} -gt 0 ] || files=('Detectors/*.cs')
mutate=()
for file in "${files[@]}"; do
  mutate+=(--mutate "$file")
done

out="$PWD/artifacts/mutation"
mkdir -p "$out"

# In a copy: the changed engine is written where the tests look for the true one. Tests that measure time and memory say nothing there,
# because every change is a branch of its own in the code that runs; those over the whole of Unicode take longer than all others.
copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"
cd "$copy"
rm tests/SecureChat.Masking.Tests/Masking{Cost,Shortcut}Tests.cs
cat >"$copy/stryker.json" <<'JSON'
{ "stryker-config": { "project": "SecureChat.Masking.csproj", "configuration": "Release", "test-runner": "mtp", "coverage-analysis": "off", "additional-timeout": 60000, "reporters": ["cleartext", "json", "html"] } }
JSON
dotnet tool restore >/dev/null
cd tests/SecureChat.Masking.Tests
SECURECHAT_EFFORT=4 dotnet stryker --config-file "$copy/stryker.json" --output "$out" "${mutate[@]}"
