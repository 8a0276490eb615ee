"""Which drills are run, and how it ended."""

import argparse
import sys

from script.lib.drill.outage import outage


def main() -> int:
    """0 when nothing was lost."""
    parser = argparse.ArgumentParser(prog="script/drill", description="わざと壊して、失われたものを数えます。")
    parser.add_argument("drill", nargs="?", choices=["outage"], help="省くと、すべて")
    parser.add_argument("--seconds", type=float, default=10, help="データベースを止めておく秒数")
    chosen = parser.parse_args()
    lines = outage(chosen.seconds)
    print("\n".join(lines))
    return int(any(line.startswith("✕") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
