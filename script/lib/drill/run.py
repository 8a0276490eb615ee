"""Which drills are run, and how it ended."""

import argparse
import sys

from script.lib.drill.kills import kills
from script.lib.drill.outage import outage
from script.lib.drill.replica import replica
from script.lib.drill.restart import restart


def main() -> int:
    """0 when nothing was lost."""
    parser = argparse.ArgumentParser(prog="script/drill", description="わざと壊して、失われたものを数えます。")
    parser.add_argument("drill", nargs="?", choices=["outage", "kills", "restart", "replica"], help="省くと、すべて")
    parser.add_argument("--kills", type=int, default=200, help="強制終了の回数（データベースごと）")
    parser.add_argument("--seed", type=int, default=1, help="同じ数なら、同じ順に止めます")
    parser.add_argument("--seconds", type=float, default=10, help="データベースを止めておく秒数")
    chosen = parser.parse_args()
    lines = []
    if chosen.drill in (None, "outage"):
        lines += outage(chosen.seconds)
    if chosen.drill in (None, "kills"):
        lines += kills(chosen.kills, chosen.seed)
    if chosen.drill in (None, "restart"):
        lines += restart()
    if chosen.drill in (None, "replica"):
        lines += replica(chosen.seconds)
    print("\n".join(lines))
    return int(any(line.startswith("✕") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
