# What the whole test run needs from the system: PostgreSQL, Chromium, Japanese fonts, pdftotext.

# Installs what is missing, or ends the script with the line that does.
prepare_test_packages() {
  local missing=()
  find_postgres || missing+=(postgresql)
  has_chromium || missing+=(chromium)
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  is_installed fonts-morisawa-bizud-gothic || missing+=(fonts-morisawa-bizud-gothic)
  is_installed fonts-noto-cjk || missing+=(fonts-noto-cjk)
  [ ${#missing[@]} -eq 0 ] || install_packages "試験に必要なシステムパッケージがありません。" "${missing[@]}"
}

has_chromium() {
  local name
  for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}

is_installed() { dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }
