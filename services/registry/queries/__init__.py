"""Read-only SQL for lists, pages, maps and reports; every answer is plain values for a reply of wangge.registry.v1.

Scope is part of the query: what the caller may not see is not found (REG-14).
"""
