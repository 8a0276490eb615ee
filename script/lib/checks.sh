# The checks of script/test: every one runs, whatever the others said; the summary says which failed.

PASSED=0
FAILED=()

# check NAME COMMAND...: runs the command, remembers how it ended and goes on.
check() {
  local name="$1" began=$SECONDS
  shift
  printf '\n── %s\n' "$name"
  if "$@"; then
    PASSED=$((PASSED + 1))
    printf '   ○ %s（%d 秒）\n' "$name" $((SECONDS - began))
  else
    FAILED+=("$name")
    printf '   ✕ %s（%d 秒）\n' "$name" $((SECONDS - began))
  fi
}

# The last lines of a run; false when a check failed.
summary() {
  printf '\n'
  if [ ${#FAILED[@]} -eq 0 ]; then
    printf 'OK：%d 項目すべて成功しました（%d 秒）。\n' "$PASSED" "$SECONDS"
    return 0
  fi
  printf '   ✕ %s\n' "${FAILED[@]}"
  printf 'NG：%d 項目のうち %d 項目が失敗しました（%d 秒）。\n' $((PASSED + ${#FAILED[@]})) ${#FAILED[@]} "$SECONDS"
  return 1
}

manage() { "$VENV_PYTHON" manage.py "$@"; }

# Django's own audit, with the settings of a real server.
check_deploy() {
  SECRET_KEY=$("$VENV_PYTHON" -c 'import secrets; print(secrets.token_urlsafe(64))') \
    ALLOWED_HOSTS=plan.example.jp CSRF_TRUSTED_ORIGINS=https://plan.example.jp HTTPS=on TRUST_PROXY=on DEBUG=off \
    manage check --deploy --fail-level WARNING
}

# Migrates a database of each kind, of which every process of tests takes a copy (tests/conftest.py): its own would cost
# it 20 seconds. Begun while the checks leave a core idle; wait "$MIGRATING" tells how it ended.
migrate_meanwhile() {
  migrate_both &
  MIGRATING=$!
}

migrate_both() {
  mkdir -m 700 "$VAR_DIR/migrated" || return 1
  VAR_DIR="$VAR_DIR/migrated" manage migrate --run-syncdb --verbosity 0 || return 1
  as_postgres "$PG_BIN/createdb" -h "$PG_HOME" -U portal migrated || return 1
  DATABASE_URL="${PG_URL/\/postgres\?//migrated?}" manage migrate --run-syncdb --verbosity 0
}

# pytest on SQLite; a run that collects no test fails (pytest ends with 5).
tests_on_sqlite() { "$VENV_PYTHON" -m pytest "$@"; }

# pytest on a PostgreSQL of its own, which is stopped again.
tests_on_postgres() {
  local status=0
  [ -n "$PG_HOME" ] || start_postgres || { stop_postgres; return 1; }
  DATABASE_URL="$PG_URL" "$VENV_PYTHON" -m pytest "$@" || status=$?
  stop_postgres
  return $status
}

run_all_checks() {
  check "PostgreSQL" start_postgres
  migrate_meanwhile
  check "ruff check" "$VENV_PYTHON" -m ruff check .
  check "ruff format" "$VENV_PYTHON" -m ruff format --check .
  check "djlint" "$VENV_PYTHON" -m djlint templates --lint --quiet
  check "makemigrations --check" manage makemigrations --check --dry-run
  check "check --deploy" check_deploy
  check "mypy" "$VENV_PYTHON" -m mypy
  check "vulture" "$VENV_PYTHON" -m vulture
  check "migrate" wait "$MIGRATING"
  MIGRATED="$VAR_DIR/migrated/portal.sqlite3" check "pytest (SQLite)" tests_on_sqlite -n 2
  # What Chromium shows does not depend on the database, and most of what files and pages say does not either.
  case "$DB" in
    both) MIGRATED=migrated check "pytest (PostgreSQL)" tests_on_postgres -n 2 -m "not browser" ;;
    *) MIGRATED=migrated check "pytest (PostgreSQL)" tests_on_postgres -n 2 -m "database and not browser" ;;
  esac
}
