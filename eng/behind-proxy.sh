#!/usr/bin/env bash
# The main job through a reverse proxy: nginx ends TLS and takes a path prefix off, in front of the published sample in Production.
# The nginx block is the one of docs/configuration.md, but for port, names and files. Prints each step and when it was reached.
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/need.sh
need nginx nginx-light "stands in front of the sample"
need openssl openssl "makes a certificate for it"
need curl curl "asks for the pages"
. eng/with-sample.sh

proxy_pid=
stop_proxy() {
  if [ -n "$proxy_pid" ]; then
    kill -TERM "$proxy_pid" 2>/dev/null || true
    wait "$proxy_pid" 2>/dev/null || true
    proxy_pid=
  fi
}
trap 'stop_proxy; stop_sample; rm -rf "$folder"' EXIT
say() { printf '== %3d s  %s\n' "$SECONDS" "$*"; }
fail() { echo "$*" >&2; exit 1; }

# The block of the docs with one thing replaced; a block that no longer has it fails here, not later.
replace() { # what, by what
  case "$block" in *"$1"*) block="${block/"$1"/"$2"}" ;; *) fail "The nginx block of docs/configuration.md has no \"$1\"." ;; esac
}

# nginx with the block in front of the sample, on a loopback port. nginx itself finds no free one, so ports are tried.
start_proxy() {
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 10000))
    block="$(sed -n '/<!-- proxy:begin -->/,/<!-- proxy:end -->/p' docs/configuration.md | sed -n '/^```nginx$/,/^```$/p' | sed '/^```/d')"
    replace "listen 443 ssl;" "listen 127.0.0.1:$port ssl;"
    replace "server_name shop.example.com;" "server_name localhost;"
    replace "/etc/ssl/shop.example.com.crt;" "$folder/nginx/tls.crt;"
    replace "/etc/ssl/shop.example.com.key;" "$folder/nginx/tls.key;"
    replace "http://127.0.0.1:5000/;" "$url/;"
    {
      # Workers as whoever started this: they write to the folder. Only root may say so.
      [ "$(id -u)" != 0 ] || echo "user root;"
      echo "worker_processes 1; pid nginx.pid; error_log error.log; events {} http {"
      echo "log_format seen '\$status \$request_method \$uri'; access_log access.log seen;"
      for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $kind;"; done
      printf '%s\n}\n' "$block"
    } >"$folder/nginx/nginx.conf"
    : >"$folder/nginx/access.log"
    # Bounded in time, in case this script is killed.
    timeout 600 nginx -p "$folder/nginx" -c nginx.conf -e error.log -g 'daemon off;' 2>"$folder/nginx/stderr" &
    proxy_pid=$!
    for _ in $(seq 1 100); do
      # Any answer will do: the sample may not be there yet.
      curl --silent --output /dev/null --cacert "$folder/nginx/tls.crt" "https://localhost:$port/" && { public="https://localhost:$port/support"; return; }
      kill -0 "$proxy_pid" 2>/dev/null || break
      sleep 0.1
    done
    stop_proxy
    grep -q "Address already in use" "$folder/nginx/error.log" || break
  done
  cat "$folder/nginx/stderr" "$folder/nginx/error.log" >&2
  fail "nginx did not answer within 10 s."
}

ask() { curl --silent --show-error --max-time 20 --cacert "$folder/nginx/tls.crt" "$@"; }

mkdir "$folder/nginx"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$folder/nginx/tls.key" -out "$folder/nginx/tls.crt" 2>/dev/null

say "a host that knows no proxy takes nobody's word for HTTPS"
start_sample
start_proxy
answer="$(ask "$public/chat/console")"
grep -q SC6008 <<<"$answer" || fail "It answered through the proxy: $(head -c 300 <<<"$answer")"
echo "/support/chat/console: SC6008"
stop_proxy
stop_sample

say "the host names the proxy"
start_sample --MinimalHost:KnownProxies:0=127.0.0.1
start_proxy
echo "nginx $(nginx -v 2>&1 | grep -o '[0-9.]*$'), $public/ -> $url/"
for path in / /signin /setup /chat/console /chat/form /chat/widget.js /chat/chat.js /chat/form.js /chat/console.js; do
  size="$(ask --fail --compressed "$public$path" | wc -c)"
  [ "$size" -gt 400 ] || fail "/support$path answered $size bytes"
  echo "/support$path: $size bytes"
done
# What a page leads to lies under the prefix too.
for page in / /signin /chat/console; do
  for link in $(ask "$public$page" | grep -oE '(src|href|content)="[^":#]+\.(js|css)"|"securechat-sign-in" content="[^"]+"' | sed 's/.*="//; s/"$//'); do
    target="$(ask --output /dev/null --write-out '%{url_effective} %{http_code}' "$public${page%/*}/$link")"
    case "$target" in "$public/"*" 200") ;; *) fail "$page leads to $link: $target" ;; esac
    echo "/support$page leads to ${target#"https://localhost:$port"}"
  done
done
redirect="$(ask --output /dev/null --write-out '%{redirect_url}' "$public/signin/")"
[ "$redirect" = "$public/signin" ] || fail "A redirect leads to $redirect."
echo "/support/signin/ redirects to /support/signin"
# Who asks the host directly and says nothing of HTTPS is refused, unless it is a program on its machine that asks for that.
refused="$(curl --silent --max-time 20 --header 'Host: shop.example.com' "$url/chat/console")"
grep -q SC6008 <<<"$refused" || fail "Plain HTTP beside the proxy was answered."
echo "plain HTTP beside the proxy: SC6008"

say "the main job, by HTTPS and WebSockets through the proxy"
# The one certificate that the driver trusts.
SSL_CERT_FILE="$folder/nginx/tls.crt" timeout 120 dotnet "$driver" main-job "$public/" "$setup_token" "$folder/app/data"

# nginx notes a connection when it ends.
for _ in $(seq 1 50); do
  upgraded="$(grep -c '^101 GET /support/chat/hub$' "$folder/nginx/access.log" || true)"
  [ "$upgraded" -lt 2 ] || break
  sleep 0.1
done
[ "$upgraded" -ge 2 ] || fail "nginx upgraded $upgraded connections of visitor and agent to WebSockets."
passed="$(grep -vc '^101 ' "$folder/nginx/access.log")"
stop_proxy
stop_sample
say "done: $passed requests and $upgraded WebSockets went through the proxy"
