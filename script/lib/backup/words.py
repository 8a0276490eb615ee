"""Why the disk refused, in words."""

import errno

REASONS = {
    errno.ENOSPC: "ディスクに空きがありません",
    errno.EDQUOT: "ディスクの割り当てを使い切りました",
    errno.EACCES: "権限がありません",
    errno.EPERM: "権限がありません",
    errno.EROFS: "読み取り専用のディスクです",
    errno.ENOENT: "その場所がありません",
    errno.ENOTDIR: "その場所がありません",
    errno.EISDIR: "ファイルではなくフォルダです",
    errno.EIO: "ディスクが読み書きに失敗しました",
    errno.ESTALE: "ネットワークの場所が外れています",
}


def reason(error: OSError) -> str:
    """The reason in Japanese, in the system's own words where there is none."""
    return REASONS.get(error.errno or 0, error.strerror or str(error))
