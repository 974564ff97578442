"""Hypothesis without its limit of 200 ms per example: on a busy machine that measures the machine, not the code."""

import hypothesis

hypothesis.settings.register_profile("wangge", deadline=None)
hypothesis.settings.load_profile("wangge")
