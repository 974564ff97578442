"""The REST edge of the platform: routes, validation, problems, uploads and the live stream, on Starlette.

Nothing of a service is imported here: what the services do is asked over gRPC with the caller's own token.
"""
