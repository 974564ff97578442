"""xlsx and CSV files at the edge (REG-13): bytes into rows of cells, rows of cells into bytes.

What the columns mean is the registry's business; here nothing is known but files. Reading happens in a process of its
own with bounded memory and time, since spreadsheets from outside are the most hostile thing that the platform opens.
"""
