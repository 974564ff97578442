"""Everything on one machine: PostgreSQL, RabbitMQ and the platform's own processes under one supervisor.

`settings` says where things lie and on which ports, `postgres` and `rabbitmq` prepare the two servers,
`supervise` keeps processes alive, `platform` starts and stops the whole in order, `status` looks at it.
"""
