"""Programs that look into files from outside. Each runs alone, in a process with little memory and
little time (``isolation.py`` starts it): a hostile file can end its own check and nothing else.
They import nothing of Suigo and answer in JSON or PNG on their standard output.
"""
