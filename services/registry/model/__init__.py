"""The registry's aggregates and their rules; pure Python, no I/O, no clock of its own.

divisions    county, towns, villages by national code (REG-01)
grids        the tree of grids, their codes and boundaries (REG-02, REG-03)
areas        what a person's posts let them see, as code prefixes (REG-14)
people       people, their roles and posts (REG-06, REG-14)
accounts     passwords, locks, sessions
departments  departments and duties (REG-08)
plans        versions of the plan and their activation (REG-12)
"""
