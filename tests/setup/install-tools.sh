#!/bin/sh
# Installs the programs that the tests start and npm does not bring: redis-server, a Chromium for the pages, and
# schemathesis, which goes into .tools with exactly the packages that requirements.txt beside this file names.
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
