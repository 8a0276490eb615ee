# A private PostgreSQL for the tests: own directory, own socket, no network port; gone afterwards.

PG_HOME=""

# Sets PG_BIN to the newest server binaries; false when there are none.
find_postgres() {
  local initdb
  initdb=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)
  [ -n "$initdb" ] || initdb=$(command -v initdb || true)
  [ -n "$initdb" ] || return 1
  PG_BIN=$(dirname "$initdb")
}

# Starts the server and sets PG_URL; whoever calls it must call stop_postgres, also after a failure.
start_postgres() {
  find_postgres || return 1
  # Sockets have short names only, so /tmp and not TMPDIR.
  PG_HOME=$(mktemp -d /tmp/portal-pg.XXXXXX)
  if is_root; then chown postgres "$PG_HOME"; fi
  if ! { create_cluster && start_cluster; } >"$PG_HOME/report" 2>&1; then
    tail -n 15 "$PG_HOME/report" "$PG_HOME/log" >&2 || true
    return 1
  fi
  # The host stands in the query: in a URL's own place its capitals would be lost.
  PG_URL="postgres://portal@/postgres?host=$PG_HOME"
}

create_cluster() {
  as_postgres "$PG_BIN/initdb" --no-sync --auth=trust --username=portal --encoding=UTF8 --locale=C.UTF-8 \
    -D "$PG_HOME/data"
}

# Without autovacuum: it would count rows between tests, when every test has rolled its own back, and the planner would
# then take a table of a thousand rows for an empty one (one list took seven minutes).
start_cluster() {
  as_postgres "$PG_BIN/pg_ctl" start -w -t 60 -D "$PG_HOME/data" -l "$PG_HOME/log" \
    -o "-k $PG_HOME -c listen_addresses='' -c autovacuum=off -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
}

stop_postgres() {
  [ -n "$PG_HOME" ] || return 0
  as_postgres "$PG_BIN/pg_ctl" stop -m immediate -D "$PG_HOME/data" >/dev/null 2>&1 || true
  rm -rf "$PG_HOME"
  PG_HOME=""
}

# PostgreSQL refuses root; Debian's package brings the user postgres along.
as_postgres() {
  cd "$PG_HOME" || return 1
  if is_root; then
    setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else
    "$@"
  fi
  local status=$?
  cd "$ROOT" || return 1
  return $status
}
