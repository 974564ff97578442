"""Tables (表格) that a county keeps in spreadsheets and exchanges with the registry (REG-13).

`columns` is the one table of columns for each kind: reading, writing, the template and docs/tables.md are made of it.
`cells` turns single cells into values and back, `reading` whole sheets into rows with every fault at its cell.
The bytes of xlsx and CSV are the gateway's business (`gateway.api.sheets`).
"""
