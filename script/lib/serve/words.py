"""What the keeper says when the portal can be reached."""

from script.lib.address import address
from script.lib.production import flag, public_only


def tell_where() -> None:
    """Says where to look, once the portal answers."""
    wanted = address()
    everywhere = wanted.host in {"0.0.0.0", "::"}  # noqa: S104  # asked, not bound
    place = f"（このサーバーの名前）:{wanted.port}" if everywhere else str(wanted)
    print(f"▶ 動きだしました（{wanted}）。ブラウザーで次を開いてください。", flush=True)
    if flag("HTTPS", default=True):
        print("  HTTPS が有効です。nginx などの TLS の入口を通した https:// の番地で開きます（docs/operations.md）。")
        site = "https://（公開する名前）"
    else:
        site = f"http://{place}"
    print(f"  公開ページ  {site}/", flush=True)
    if not public_only():
        print(f"  管理画面    {site}/admin/", flush=True)
    print("  止めるには Ctrl+C を押します。入れ替えるには、もう一度 script/server を実行します。", flush=True)
