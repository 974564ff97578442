"""Counting and scoring, pure: no I/O, no clock.

`facts` says what each event moves, `weighing` how much of it counts, `scheme` reads the plan's formulas, `scoring`
makes points of counters, `periods` names days, months, quarters and years.
"""
