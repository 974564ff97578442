"""What the platform is measured against: small programs that do the bare work and nothing else, built as one would."""
