# Sourced: installs what a script needs on Debian and its children as root, and says so; elsewhere names what is missing.

need() { # command, Debian package, what it is for
  command -v "$1" >/dev/null 2>&1 && return 0
  if [ -r /etc/debian_version ] && [ "$(id -u)" = 0 ]; then
    printf '== installing %s (%s)\n' "$2" "$3"
    DEBIAN_FRONTEND=noninteractive apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2" >/dev/null
  else
    echo "Missing: $1 ($3). On Debian or Ubuntu: sudo apt-get install $2" >&2
    return 1
  fi
}
