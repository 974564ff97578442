"""The registry: who is responsible for where."""
