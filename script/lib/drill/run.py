"""Which drills are run, and how it ended."""

import argparse
import sys
from collections.abc import Callable, Iterable

from script.lib.drill import surroundings
from script.lib.drill.kills import kills
from script.lib.drill.outage import lock, outage
from script.lib.drill.replica import replica
from script.lib.drill.restart import restart

DRILLS: dict[str, Callable[[argparse.Namespace], Iterable[str]]] = {
    "outage": lambda chosen: outage(chosen.seconds),
    "kills": lambda chosen: kills(chosen.kills, chosen.seed),
    "restart": lambda chosen: restart(),
    "replica": lambda chosen: replica(chosen.seconds),
    "lock": lambda chosen: lock(chosen.seconds),
    "clock": lambda chosen: surroundings.clock_trouble(),
    "broken": lambda chosen: surroundings.broken_trouble(),
    "static": lambda chosen: surroundings.static_trouble(),
    # The last: from then on this process sees mounts of its own.
    "disk": lambda chosen: surroundings.disk_trouble(),
}


def main() -> int:
    """0 when nothing was lost."""
    parser = argparse.ArgumentParser(prog="script/drill", description="わざと壊して、失われたものを数えます。")
    parser.add_argument("drill", nargs="?", choices=DRILLS, help="省くと、すべて")
    parser.add_argument("--kills", type=int, default=200, help="強制終了の回数（データベースごと）")
    parser.add_argument("--seed", type=int, default=1, help="同じ数なら、同じ順に止めます")
    parser.add_argument("--seconds", type=float, default=10, help="データベースを止め、ロックしておく秒数")
    chosen = parser.parse_args()
    lines = []
    for name in [chosen.drill] if chosen.drill else DRILLS:
        for line in DRILLS[name](chosen):
            print(line, flush=True)
            lines.append(line)
    return int(any(line.startswith("✕") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
