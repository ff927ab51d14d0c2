#!/bin/sh
# Installs Python packages while an image is built, in the way in which they are installed on a developer's machine.
#
#   install.sh base     uv itself, then the worker's own packages, pinned
#   install.sh FILE     what FILE of the working directory asks for, together with what the worker asks for
#
# CONDUIT_SECRETS names the secrets of the build: pip, uv, netrc, ca.
set -eu

conduit=/opt/conduit
python=$conduit/venv/bin/python
firm=$conduit/worker.in

refuse() {
  echo "$1" >&2
  exit 1
}

for secret in ${CONDUIT_SECRETS:-}; do
  case $secret in
    pip) place=/etc/pip.conf ;;
    uv) place=/etc/uv/uv.toml ;;
    netrc) place=/root/.netrc ;;
    ca) place=/run/secrets/ca ;;
    *) refuse "There is no build secret \`$secret\`." ;;
  esac
  [ -s "$place" ] ||
    refuse "The build secret \`$secret\` is empty. Set the variable, or write the file, that \`images.secrets.$secret\` names where Pulumi runs."
  if [ "$secret" = ca ]; then
    export SSL_CERT_FILE=$place REQUESTS_CA_BUNDLE=$place PIP_CERT=$place GIT_SSL_CAINFO=$place
  fi
done

uv() {
  UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never \
    "$conduit/uv/bin/uv" --no-progress --color never "$@"
}

# uv does not read pip's configuration. (`pip config get` does not find all that `pip config list` shows.)
configured() {
  "$conduit/uv/bin/python" -m pip config list 2>/dev/null |
    sed -n "s/^\(global\|install\)\.$1='\(.*\)'\$/\2/p" | tail -n 1 | sed 's/\\n/ /g'
}

use_pip_indexes() {
  case " ${CONDUIT_SECRETS:-} " in
    *" uv "*) return ;;
    *" pip "*) ;;
    *) return ;;
  esac
  index=$(configured index-url)
  extra=$(configured extra-index-url)
  hosts=$(configured trusted-host)
  if [ -n "$index" ]; then export UV_DEFAULT_INDEX="$index"; fi
  if [ -n "$extra" ]; then export UV_INDEX="$extra"; fi
  if [ -n "$hosts" ]; then export UV_INSECURE_HOST="$hosts"; fi
}

into() {
  uv pip install --quiet --python "$python" "$@"
}

# What the lock has installed stays; what the worker asks for has to fit it.
with_worker() {
  uv pip freeze --quiet --python "$python" >/tmp/installed.txt
  sed -n 's/^name = "\(.*\)"$/^\1==/p' "$1" >/tmp/names.txt
  grep -i -f /tmp/names.txt /tmp/installed.txt >/tmp/locked.txt || true
  into -r "$firm" -c /tmp/locked.txt
  rm /tmp/installed.txt /tmp/names.txt /tmp/locked.txt
}

if [ "$1" = base ]; then
  python3 -m venv "$conduit/uv"
  "$conduit/uv/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check -r "$conduit/uv.txt"
  python3 -m venv --without-pip "$conduit/venv"
fi
use_pip_indexes

case $1 in
  base) into -r "$conduit/requirements.txt" ;;
  none) ;;
  requirements.txt | pyproject.toml) into -r "$1" -r "$firm" ;;
  pylock.toml)
    into -r pylock.toml
    with_worker pylock.toml
    ;;
  uv.lock)
    UV_PROJECT_ENVIRONMENT=$conduit/venv uv sync --quiet --frozen --no-default-groups --no-editable --inexact \
      --no-install-project --python "$python"
    with_worker uv.lock
    ;;
  *) refuse "What \`$1\` asks for cannot be installed." ;;
esac
