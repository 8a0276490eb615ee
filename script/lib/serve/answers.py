"""What the front answers by itself, in plain Japanese; everything else comes from a worker."""

from http import HTTPStatus

WORDS = {
    400: ("要求を読み取れませんでした", "ブラウザーの「戻る」で前の画面に戻り、もう一度お試しください。"),
    408: (
        "受け取りが時間内に終わりませんでした",
        "通信の状態を確かめて、もう一度お試しください。何も保存していません。",
    ),
    413: (
        "送られたものが大きすぎます",
        "一度に送れるのは合計100MBまでです。何も保存していません。前の画面に戻り、何回かに分けて送ってください。",
    ),
    414: ("番地が長すぎます", "検索の語を短くするなどして、もう一度お試しください。"),
    431: ("要求が長すぎます", "ブラウザーの Cookie を消してから、もう一度お試しください。"),
    502: (
        "処理の途中で止まりました",
        "保存などの操作のときは、画面を開きなおし、保存されているかどうかを確かめてから続けてください。",
    ),
    503: ("ただいま混み合っています", "申し訳ありません。少したってから、もう一度お試しください。"),
}
PAGE = """<!doctype html>
<html lang="ja">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>{title}</title></head>
<body><main><h1>{title}</h1><p>{words}</p></main></body>
</html>
"""
RETRY_AFTER = 10  # seconds


def answer(status: int, method: bytes = b"GET") -> bytes:
    """The whole answer, head and page; the page is left out where HEAD was asked. An unknown status reads as 400."""
    status = status if status in WORDS else 400
    title, words = WORDS[status]
    page = PAGE.format(title=title, words=words).encode()
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(page)}",
        "Cache-Control: no-store",
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff",
        *([f"Retry-After: {RETRY_AFTER}"] if status == 503 else []),
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + (b"" if method == b"HEAD" else page)
