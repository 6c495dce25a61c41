"""The web console: pages rendered here, small scripts of our own, no outside host."""
