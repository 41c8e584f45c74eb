#!/bin/sh
# Installs the programs that the tests start and npm does not bring: redis-server, and a Chromium for the pages.
# As root on Debian or Ubuntu it installs what is missing; elsewhere it says what to install and goes on,
# so that only the tests that need the missing program fail.
set -eu

missing=
command -v redis-server >/dev/null || missing="$missing redis-server"
for browser in chromium chromium-browser google-chrome; do
  command -v "$browser" >/dev/null && break
done || missing="$missing chromium"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing$missing (apt-get)"
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of names
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "The tests use$missing, which this machine lacks. On Debian or Ubuntu run: sudo apt-get install$missing" >&2
fi
