#!/usr/bin/env bash
# Changes the masking engine in many small ways and counts how many of the changes a test notices (Stryker.NET). Not in CI: a file of
# a hundred changes takes ten minutes, the whole engine more than a night.
#
#   ./eng/mutation.sh                                        the validators
#   ./eng/mutation.sh Detectors/CardDetector.cs 'Rules/*.cs' these files of src/SecureChat.Masking
#
# The report goes to artifacts/mutation.
set -euo pipefail
cd "$(dirname "$0")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
files=("$@")
[ ${#files[@]} -gt 0 ] || files=(Detectors/Luhn.cs Detectors/Iban.cs)
mutate=()
for file in "${files[@]}"; do
  mutate+=(--mutate "$file")
done

dotnet tool restore >/dev/null
out="$PWD/artifacts/mutation"
mkdir -p "$out"

# Which tests reach a change is not asked: the runner cannot tell with this test framework. So all tests of what detects run for each of
# them; those with thousands of random texts would run for weeks.
tests='FullyQualifiedName~Masking.ValidatorTests|FullyQualifiedName~Masking.DetectorTests|FullyQualifiedName~Masking.MaskingEngineTests|FullyQualifiedName~Masking.RuleExampleTests'
config="$(mktemp --suffix .json)"
trap 'rm -f "$config"' EXIT
cat >"$config" <<JSON
{ "stryker-config": {
  "project": "SecureChat.Masking.csproj", "configuration": "Release", "coverage-analysis": "off", "test-case-filter": "$tests",
  "reporters": ["cleartext", "html"] } }
JSON
cd tests/SecureChat.Unit.Tests
dotnet stryker --config-file "$config" --output "$out" "${mutate[@]}"
