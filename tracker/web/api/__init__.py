"""The API for programs: what the pages show and record, as JSON, by the same rights."""
