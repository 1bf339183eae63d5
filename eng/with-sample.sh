# Sourced: publishes the sample and the driver into a temporary folder and starts and stops the sample by its own process id.
# Sets: folder, driver, url, setup_token. Everything is stopped and removed when the script ends.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
folder="$(mktemp -d)"
sample_pid=
stop_sample() {
  if [ -n "$sample_pid" ]; then
    kill -TERM "$sample_pid" 2>/dev/null || true
    wait "$sample_pid" 2>/dev/null || true
    sample_pid=
  fi
}
trap 'stop_sample; rm -rf "$folder"' EXIT

dotnet publish samples/MinimalHost --configuration Release --output "$folder/app" --nologo -v quiet -consoleLoggerParameters:"NoSummary;ErrorsOnly"
dotnet build tests/SecureChat.Driver --configuration Release --output "$folder/driver" --nologo -v quiet -consoleLoggerParameters:"NoSummary;ErrorsOnly"
driver="$folder/driver/SecureChat.Driver.dll"

start_sample() {
  # Port 0: the system gives a free one, and the sample prints it. Bounded in time, in case this script is killed.
  (cd "$folder/app" && ASPNETCORE_ENVIRONMENT=Production exec timeout 900 dotnet MinimalHost.dll \
    --urls http://127.0.0.1:0 "--SecureChat:Audit:HeadFile=$folder/app/data/audit-head.jsonl" "$@") >"$folder/sample.log" 2>&1 &
  sample_pid=$!
  for _ in $(seq 1 300); do
    grep -q "Create the first agent" "$folder/sample.log" && break
    kill -0 "$sample_pid" 2>/dev/null || { echo "The sample did not start:" >&2; cat "$folder/sample.log" >&2; exit 1; }
    sleep 0.1
  done
  url="$(grep -o 'http://127.0.0.1:[0-9]*' "$folder/sample.log" | head -n 1)"
  setup_token="$(grep -o 'setup#[A-Za-z0-9_-]*' "$folder/sample.log" | head -n 1 | cut -d'#' -f2)"
  [ -n "$url" ] && [ -n "$setup_token" ] || { echo "The sample printed no address within 30 s:" >&2; cat "$folder/sample.log" >&2; exit 1; }
}

# A command of the host, in the same folder and environment.
run_command() {
  (cd "$folder/app" && ASPNETCORE_ENVIRONMENT=Production dotnet MinimalHost.dll "$@")
}
