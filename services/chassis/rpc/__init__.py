"""gRPC for every service: server with authentication and error mapping, conversion between protobuf and commands.

The worker role never imports this package: grpcio freezes eventlet's green threads.
"""
