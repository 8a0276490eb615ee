"""What the keeper says when the portal can be reached."""

from script.lib.address import address
from script.lib.production import flag


def tell_where() -> None:
    """Says where to look, once the portal answers."""
    wanted = address()
    everywhere = wanted.host in {"0.0.0.0", "::"}  # noqa: S104  # asked, not bound
    place = f"（このサーバーの名前）:{wanted.port}" if everywhere else str(wanted)
    print(f"▶ 動きだしました（{wanted}）。ブラウザーで次を開いてください。", flush=True)
    if flag("HTTPS", default=True):
        print("  HTTPS が有効です。nginx などの TLS の入口を通した https:// の番地で開きます（docs/operations.md）。")
        print("  公開ページ  https://（公開する名前）/\n  管理画面    https://（公開する名前）/admin/", flush=True)
    else:
        print(f"  公開ページ  http://{place}/\n  管理画面    http://{place}/admin/", flush=True)
    print("  止めるには Ctrl+C を押します。入れ替えるには、もう一度 script/server を実行します。", flush=True)
