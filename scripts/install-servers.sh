#!/usr/bin/env bash
# Installs what the database tests need besides the npm packages: Debian's PostgreSQL 15 and pgbouncer. Needs root.
# Does nothing when all is there. No service is started, and no cluster is made: the tests start servers of their own.
set -euo pipefail

missing=()
for package in postgresql-15 postgresql-client-15 postgresql-contrib pgbouncer; do
  status=$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [[ $status == ii* ]] || missing+=("$package")
done
(( ${#missing[@]} == 0 )) && exit 0
echo "Installing ${missing[*]}"

configuration=/etc/postgresql-common/createcluster.conf
if ! grep -qs '^create_main_cluster *= *false' "$configuration"; then
  mkdir -p "$(dirname "$configuration")"
  echo 'create_main_cluster = false' >>"$configuration"
fi

# Debian starts a service as soon as it is installed, unless this file says no (101).
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi

export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}" </dev/null
