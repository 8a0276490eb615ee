# The Python of the portal: found, put into .venv, given its pinned requirements.

VENV_PYTHON="$ROOT/.venv/bin/python"

# Sets PYTHON to the first interpreter of version 3.11 or later; ends the script when there is none.
pick_python() {
  local name
  for name in python3 python3.11 python3.12 python3.13 python3.14; do
    PYTHON=$(command -v "$name" || true)
    if [ -n "$PYTHON" ] && is_recent "$PYTHON"; then return; fi
  done
  fail "Python 3.11 以上が見つかりません。" "次の行を実行してから、もう一度起動してください：" \
    "  sudo apt-get update && sudo apt-get install -y python3 python3-venv"
}

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# One set-up at a time: a second start waits here until unlock_setup.
lock_setup() {
  exec 9<"$ROOT"
  flock --nonblock 9 && return
  say "別の起動が準備をしています。終わるまで待ちます。"
  flock 9
}

unlock_setup() { exec 9<&-; }

# prepare_venv REQUIREMENTS: returns when .venv holds exactly what the file pins; nothing is done when it already does.
prepare_venv() {
  local stamp="$ROOT/.venv/.installed-$1" wanted
  if ! venv_works; then make_venv; fi
  wanted=$(fingerprint)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
  say "必要なライブラリを入れます（$1）。初回は1〜2分かかることがあります。"
  require_writable "$ROOT/.venv"
  rm -f "$stamp"
  install_requirements "$1"
  printf '%s\n' "$wanted" >"$stamp"
}

venv_works() { [ -x "$VENV_PYTHON" ] && is_recent "$VENV_PYTHON" && "$VENV_PYTHON" -c 'import pip' 2>/dev/null; }

# What an installation depends on: the pins and the interpreter.
fingerprint() { { cat "$ROOT"/requirements* && "$VENV_PYTHON" -VV; } | sha256sum | cut -d ' ' -f 1; }

prepare_venv_module() {
  if "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then return; fi
  install_packages "Python の venv モジュールがありません。" \
    "$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
}

make_venv() {
  require_writable "$ROOT"
  prepare_venv_module
  say "Python の仮想環境 .venv を作ります（$("$PYTHON" --version)）。"
  "$PYTHON" -m venv --clear "$ROOT/.venv" || fail ".venv を作れませんでした（上は Python の報告です）。"
}

install_requirements() {
  local report hashed=()
  # By the hash of each file (script/supply lock), where they are locked: what was swapped on the way is refused.
  if [[ "$1" = *.lock ]]; then hashed=(--require-hashes); fi
  if ! report=$("$VENV_PYTHON" -m pip install --quiet --no-input --disable-pip-version-check \
    "${hashed[@]}" -r "$ROOT/$1" 2>&1 </dev/null); then
    printf '%s\n' "$report" | tail -n 15 >&2
    fail "ライブラリを入れられませんでした（上は pip の報告です）。" \
      "ネットワークにつながっているか、プロキシの設定（HTTPS_PROXY）、ディスクの空きを確かめて、もう一度起動してください。"
  fi
}

require_writable() {
  [ -w "$1" ] || fail "フォルダ $1 に書き込めません。" \
    "いまの利用者は $(id -un) です。書き込みの権限を付けるか、書き込める場所に置いてから起動してください。"
}
