"""`python -m infra.cli` is `wangge`."""

from infra.cli import main

main()
