# What the whole test run needs from the system: PostgreSQL, Chromium, pdftotext, LibreOffice, and what the PDF needs.

# Installs what is missing, or ends the script with the line that does.
prepare_test_packages() {
  local missing=()
  find_postgres || missing+=(postgresql)
  has_chromium || is_ubuntu || missing+=(chromium)
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  command -v soffice >/dev/null || missing+=(libreoffice-calc)
  mapfile -t -O ${#missing[@]} missing < <(missing_pdf_packages)
  [ ${#missing[@]} -eq 0 ] || install_packages "試験に必要なシステムパッケージがありません。" "${missing[@]}"
}

# Ubuntu has Chromium as a snap only, which containers cannot run: there Playwright brings its own. Needs .venv.
prepare_test_browser() {
  if has_chromium; then return; fi
  local line=".venv/bin/python -m playwright install --with-deps chromium"
  may_install || fail "試験に必要な Chromium がありません。" "管理者の権限で次の行を実行してから、もう一度実行してください：" "  $line"
  say "Chromium を入れます（Playwright のもの）。"
  "$VENV_PYTHON" -m playwright install --with-deps chromium </dev/null >/dev/null ||
    fail "Chromium を入れられませんでした。" "次の行で入れてください：" "  $line"
}

has_chromium() {
  local name
  for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  compgen -G "${PLAYWRIGHT_BROWSERS_PATH:-${HOME:-/root}/.cache/ms-playwright}/chromium-*" >/dev/null
}

is_ubuntu() { grep -qx 'ID=ubuntu' /etc/os-release 2>/dev/null; }
