"""書かない窓口: the clerk asks, nobody writes; one visit, every form."""
