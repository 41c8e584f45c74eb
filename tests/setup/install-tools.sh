#!/bin/sh
# Installs the programs that the tests start and npm does not bring: redis-server, a Chromium for the pages, and into .tools
# schemathesis, with exactly the packages that requirements.txt beside this file names, promtool and actionlint.
# As root on Debian or Ubuntu it installs what is missing; elsewhere it says what to install and goes on,
# so that only the tests that need the missing program fail. What is there is left alone, and nothing is asked of a network.
set -eu

tools=$(dirname "$0")/../../.tools
requirements=$(dirname "$0")/requirements.txt

missing=
command -v redis-server >/dev/null || missing="$missing redis-server"
for browser in chromium chromium-browser google-chrome; do
  command -v "$browser" >/dev/null && break
done || missing="$missing chromium"
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"

if [ -z "$missing" ]; then
  :
elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing$missing (apt-get)"
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of names
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "The tests use$missing, which this machine lacks. On Debian or Ubuntu run: sudo apt-get install$missing" >&2
fi

# The copy is the last thing to be written: with it, all is there.
if ! cmp -s "$requirements" "$tools/schemathesis/requirements.txt"; then
  echo 'Installing schemathesis (pip, into .tools)'
  rm -rf "$tools/schemathesis"
  if python3 -m venv "$tools/schemathesis" &&
    "$tools/schemathesis/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$requirements"; then
    cp "$requirements" "$tools/schemathesis/"
  else
    echo 'The tests use schemathesis, which could not be installed: it needs Python 3.11 or later and a package index.' >&2
  fi
fi

# What evaluates the alerts. Only this program is taken out of its package, which installed whole would run a server.
if ! command -v promtool >/dev/null && ! [ -x "$tools/promtool/promtool" ]; then
  folder=$(mktemp -d)
  chmod 755 "$folder"
  fetch() { (cd "$folder" && apt-get download -qq prometheus >/dev/null 2>&1 && dpkg-deb -x prometheus_*.deb .); }
  if command -v apt-get >/dev/null && { fetch || { [ "$(id -u)" = 0 ] && apt-get update -qq && fetch; }; }; then
    echo 'Installed promtool (apt-get, into .tools)'
    mkdir -p "$tools/promtool"
    mv "$folder/usr/bin/promtool" "$tools/promtool/"
  else
    echo 'The alerts are not evaluated: promtool is not here, and Debian'"'"'s package of it cannot be had.' >&2
  fi
  rm -rf "$folder"
fi

# What lints the workflows; Go checks what it downloads against its database of checksums.
if ! command -v actionlint >/dev/null && ! [ -x "$tools/actionlint/actionlint" ]; then
  mkdir -p "$tools"
  if command -v go >/dev/null && GOBIN=$(cd "$tools" && pwd)/actionlint go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 2>/dev/null; then
    echo 'Installed actionlint (go install, into .tools)'
  else
    echo 'The workflows are not linted: actionlint is not here, and it takes Go to build it.' >&2
  fi
fi
