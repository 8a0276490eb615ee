# System packages of Debian and Ubuntu: installed where that is allowed, else the line to run is said.

is_root() { [ "$(id -u)" = 0 ]; }

# Runs a command as root, without ever asking for a password.
as_root() { if is_root; then "$@"; else sudo -n "$@"; fi; }

may_install() { is_root || { command -v sudo && sudo -n true; } >/dev/null 2>&1; }

# install_packages WHY PACKAGE...: returns when they are installed, ends the script when that cannot be.
install_packages() {
  local why=$1 line log
  shift
  line="sudo apt-get update && sudo apt-get install -y $*"
  if ! command -v apt-get >/dev/null || ! may_install; then
    fail "$why" "管理者（root）の権限で次の行を実行してから、もう一度起動してください：" "  $line"
  fi
  say "足りないシステムパッケージを入れます：$*"
  log=$(mktemp)
  if ! { apt_get update && apt_get install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    fail "パッケージを入れられませんでした（上は apt-get の報告です）。" "次の行で入れてください：" "  $line"
  fi
  rm -f "$log"
}

# apt-get that asks nothing and waits for another installation to finish.
apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null; }
