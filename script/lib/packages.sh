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

is_installed() { dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

# What WeasyPrint needs to make the PDF, the font that it embeds, and one for the characters which that font lacks.
PDF_PACKAGES=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-morisawa-bizud-gothic fonts-noto-cjk)

# Prints those of PDF_PACKAGES that are not installed.
missing_pdf_packages() {
  local name
  for name in "${PDF_PACKAGES[@]}"; do is_installed "$name" || printf '%s\n' "$name"; done
}

# Installs what the PDF needs where that is allowed; otherwise says so and goes on: everything else works without.
prepare_pdf_packages() {
  local missing line
  command -v dpkg-query >/dev/null || return 0
  mapfile -t missing < <(missing_pdf_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  line="sudo apt-get update && sudo apt-get install -y ${missing[*]}"
  if may_install && command -v apt-get >/dev/null; then
    say "PDFを作るためのシステムパッケージを入れます：${missing[*]}"
    if { apt_get -o Acquire::http::Timeout=15 update && apt_get install -y --no-install-recommends "${missing[@]}"; } \
      >/dev/null 2>&1; then return 0; fi
  fi
  say "この装置ではPDFを作れません（ほかの機能はすべて使えます）。"
  note "PDFも使うには、管理者の権限で次の行を実行してから、もう一度起動してください：" "  $line"
}
