"""Floor 3: the only place that knows everything: installed.py, settings, urls, checks, cli."""
