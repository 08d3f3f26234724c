#!/bin/sh
# Start a mock server on a free port, run the tests against it, and stop it.
set -eu
cd "$(dirname "$0")"
folder=$(mktemp -d)
mkfifo "$folder/ready"
mockserver serve --port 0 --json --log-level warning >"$folder/ready" &
server=$!
trap 'kill "$server" || true; rm -r "$folder"' EXIT

# The server prints one line of JSON when it is ready. If it cannot start, there is no line, and `read` fails.
read -r ready <"$folder/ready"
MOCKSERVER_URL=$(echo "$ready" | sed -E 's/.*"url": ?"([^"]+)".*/\1/')
export MOCKSERVER_URL
node --test
