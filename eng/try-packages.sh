#!/usr/bin/env bash
# What a stranger does with the packages: packs them, makes a new web app and adds the README's lines, makes a host from the template, and
# plays the main job against both from another process. Prints lines and seconds. Nothing of the clone is used but the packages.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
folder="$(mktemp -d)"
pid=
stop() {
  if [ -n "$pid" ]; then
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    pid=
  fi
}
trap 'stop; dotnet new uninstall SecureChat.Templates --debug:custom-hive "$folder/hive" >/dev/null 2>&1 || true; forget; rm -rf "$folder"' EXIT
# What the machine's cache of packages took over from this run.
forget() {
  local cache
  cache="$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')"
  [ -n "$cache" ] && rm -rf "$cache"/securechat.*/"$version"
}
quiet=(--nologo -v quiet -consoleLoggerParameters:"NoSummary;ErrorsOnly")

# A version of its own, so that no cache of an earlier run answers.
version="0.0.0-try.$(date +%s).$$"
echo "== pack ($version)"
for project in src/*/*.csproj tests/SecureChat.Conformance/*.csproj templates/*.csproj; do
  dotnet pack "$project" --configuration Release --output "$folder/packages" "-p:Version=$version" "${quiet[@]}"
done
for package in Abstractions AI AspNetCore Cli Conformance Keys.AwsKms Masking Stores Stores.PostgreSql Templates Testing; do
  [ -f "$folder/packages/SecureChat.$package.$version.nupkg" ] || { echo "SecureChat.$package was not packed." >&2; exit 1; }
done
dotnet build tests/SecureChat.Driver --configuration Release --output "$folder/driver" "${quiet[@]}"
driver="$folder/driver/SecureChat.Driver.dll"

# The folder of the packages beside the sources that the machine has.
sources() {
  dotnet new nugetconfig --output "$1" --debug:custom-hive "$folder/hive" >/dev/null
  sed -i '/<clear \/>/d; /<add key="nuget"/d' "$1/nuget.config"
  sed -i "s|<packageSources>|<packageSources><add key=\"try\" value=\"$folder/packages\" />|" "$1/nuget.config"
}

wait_for() { # log, what
  for _ in $(seq 1 600); do
    grep -q "$2" "$1" && return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  echo "The host did not say \"$2\" within 60 s. It said:" >&2
  cat "$1" >&2
  exit 1
}

echo "== a new web app with the README's lines"
begin=$SECONDS
dotnet new web --output "$folder/shop" --no-restore --debug:custom-hive "$folder/hive" >/dev/null
sources "$folder/shop"
(cd "$folder/shop" && dotnet add package SecureChat.AspNetCore --version "$version" >/dev/null)
sed -n '/<!-- new-app:begin -->/,/<!-- new-app:end -->/p' README.md | sed -n '/^```csharp$/,/^```$/p' | sed '/^```/d' >"$folder/shop/Program.cs"
added=$(grep -vcE '^(var builder|var app|app\.Run|$)' "$folder/shop/Program.cs")
(cd "$folder/shop" && ASPNETCORE_ENVIRONMENT=Development exec timeout 300 dotnet run --no-launch-profile --urls http://127.0.0.1:0) >"$folder/shop.log" 2>&1 &
pid=$!
wait_for "$folder/shop.log" "sign in as an agent at"
url="$(grep -o 'http://127.0.0.1:[0-9]*' "$folder/shop.log" | head -n 1)"
token="$(grep -o 'sign-in#[0-9a-f]*' "$folder/shop.log" | head -n 1 | cut -d'#' -f2)"
curl -fsS "$url/" | grep -q 'chat/widget.js' || { echo "The page does not embed the widget." >&2; exit 1; }
[ "$(curl -fsS "$url/chat/widget.js" | wc -c)" -gt 500 ] || { echo "widget.js is empty." >&2; exit 1; }
dotnet "$driver" main-job-development "$url" "$token"
echo "new app: $added lines added, $((SECONDS - begin)) s from 'dotnet new' to the value deleted"
[ "$added" -le 12 ] || { echo "More than 12 lines." >&2; exit 1; }
stop

echo "== an app with its own sign-in and chat, from the packages"
begin=$SECONDS
# The app as it was: without the folder and the marked lines. That it builds without the packages says that nothing is left unmarked.
mkdir "$folder/sample" && cp -r samples/ExistingApp/*.cs samples/ExistingApp/SecureChat samples/ExistingApp/wwwroot "$folder/sample"
dotnet new web --output "$folder/before" --no-restore --debug:custom-hive "$folder/hive" >/dev/null
cp -r "$folder/before" "$folder/existing" && mv "$folder/existing/before.csproj" "$folder/existing/existing.csproj"
cp -r "$folder/sample"/* "$folder/before"
rm -r "$folder/before/SecureChat"
find "$folder/before" -type f \( -name '*.cs' -o -path '*/wwwroot/*' \) -exec sed -i -E '/(\/\/|<!--) SecureChat( in this chat)?: /d' {} +
sources "$folder/before"
dotnet build "$folder/before" "${quiet[@]}"
if grep -rnE '"chat/|securechat' "$folder/before/wwwroot"; then echo "Pages name SecureChat in lines that are not marked." >&2; exit 1; fi

cp -r "$folder/sample"/* "$folder/existing"
sources "$folder/existing"
for package in AspNetCore Stores; do (cd "$folder/existing" && dotnet add package "SecureChat.$package" --version "$version" >/dev/null); done
# What the two apps differ in, by what it is for.
difference="$(diff -r "$folder/before" "$folder/existing" --exclude=bin --exclude=obj --exclude='*.csproj' | grep '^[<>]' || true)"
added=$(grep -cE '^> .*(//|<!--) SecureChat: ' <<<"$difference")
chat=$(grep -cE '^> .*(//|<!--) SecureChat in this chat: ' <<<"$difference")
[ "$(wc -l <<<"$difference")" -eq $((added + chat)) ] || { echo "The apps differ in lines that are not marked." >&2; exit 1; }
dotnet publish "$folder/existing" --configuration Release --output "$folder/existing-published" "${quiet[@]}"
(cd "$folder/existing-published" && ASPNETCORE_ENVIRONMENT=Production exec timeout 300 dotnet existing.dll --urls http://127.0.0.1:0) >"$folder/existing.log" 2>&1 &
pid=$!
wait_for "$folder/existing.log" "authenticator key is"
said() { sed -n "s|$1||p" "$folder/existing.log" | head -n 1; }
dotnet "$driver" main-job-existing "$(said 'ExistingApp listens on ')" "$(said '.*carla (customer) with password ')" "$(said '.*cleo (clerk) with password ')" \
  "$(said '.*authenticator key is ')" "$folder/existing-published/data"
stop
echo "existing app: $added lines to embed SecureChat, $chat more and $(cat samples/ExistingApp/SecureChat/*.cs | wc -l) in new files to use it in the app's own chat and with its second factor, $((SECONDS - begin)) s to the values deleted"
[ "$added" -le 12 ] || { echo "More than 12 lines." >&2; exit 1; }

echo "== a host from the template"
begin=$SECONDS
dotnet new install "$folder/packages/SecureChat.Templates.$version.nupkg" --debug:custom-hive "$folder/hive" >/dev/null
mkdir "$folder/desk" && sources "$folder/desk"
dotnet new securechat-host --output "$folder/desk" --force --debug:custom-hive "$folder/hive" >/dev/null
# As for an operator: published, in Production, run from another folder.
dotnet publish "$folder/desk" --configuration Release --output "$folder/published" "${quiet[@]}"
(cd "$folder" && ASPNETCORE_ENVIRONMENT=Production exec timeout 300 dotnet published/desk.dll --urls http://127.0.0.1:0) >"$folder/desk.log" 2>&1 &
pid=$!
wait_for "$folder/desk.log" "/setup#"
url="$(grep -o 'http://127.0.0.1:[0-9]*' "$folder/desk.log" | head -n 1)"
token="$(grep -o 'setup#[A-Za-z0-9_-]*' "$folder/desk.log" | head -n 1 | cut -d'#' -f2)"
dotnet "$driver" main-job "$url" "$token" "$folder/published/data"
stop
echo "template: $((SECONDS - begin)) s from 'dotnet new' to the value deleted"

echo "== the auditor's tool"
dotnet tool install SecureChat.Cli --tool-path "$folder/tools" --version "$version" --configfile "$folder/shop/nuget.config" >/dev/null
printf 'card 4242 4242 4242 4242\n' | "$folder/tools/securechat" mask | grep -q '•••• •••• •••• 4242' || { echo "The tool does not mask." >&2; exit 1; }
echo "securechat mask: ok"
