"""What requests may hold, one module for each service: lengths, ranges, codes. OpenAPI tells all of it."""
