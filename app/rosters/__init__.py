"""The lists of a union, from the Excel that it already has: read apart, looked at first, loaded all or nothing."""
