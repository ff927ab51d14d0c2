#!/bin/sh
# install-dependencies.sh ROOT MARKER: `npm ci` in ROOT, once, however many launchers are started; then MARKER is a copy of
# the lock file. Dependencies that somebody installed by hand are left as they are when they match the lock file.
set -eu
root=$1
marker=$2
lock=$root/.conduit/install.lock
log=$root/.conduit/npm-ci.log

is_marked() {
  cmp -s "$root/package-lock.json" "$marker"
}

mark() {
  cp "$root/package-lock.json" "$marker.$$"
  mv -f "$marker.$$" "$marker"
}

# The lock is a link whose target is its holder's process id. One that a killed launcher left is moved away by one waiter.
take_lock() {
  mkdir -p "$root/.conduit"
  told=
  until ln -s $$ "$lock" 2>/dev/null; do
    holder=$(readlink "$lock") || continue
    if ! kill -0 "$holder" 2>/dev/null; then
      mv -f "$lock" "$lock.$$" 2>/dev/null && rm -f "$lock.$$"
      continue
    fi
    [ -n "$told" ] || echo "Another process is installing the dependencies; waiting for it." >&2
    told=yes
    sleep 1
  done
  trap 'rm -f "$lock"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

install() {
  command -v npm >/dev/null || {
    echo '`npm` is not on the PATH, so the dependencies cannot be installed. Install it (it comes with Node.js) and run this again.' >&2
    exit 1
  }
  echo "Installing the dependencies with npm (once for each version of package-lock.json)." >&2
  # No dependency needs its install script, so none runs.
  if ! (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund) >"$log" 2>&1; then
    cat "$log" >&2
    echo "\`npm ci\` failed in \`$root\`; what it printed is above." >&2
    exit 1
  fi
}

take_lock
is_marked && exit
node "$root/tools/dependencies-match.mjs" "$root" || install
mark
