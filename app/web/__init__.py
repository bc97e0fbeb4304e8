"""The HTTP kernel: guard, errors, forms, headers, pages. It knows no feature."""
