"""Traces on one machine: a receiver that keeps spans in `$WANGGE_HOME/traces.db`, and the tree of one
trace.
"""
