"""点検: what a reader of the answers should be asked about before they are handed in and before they are published."""
