"""Files that people bring: pictures and PDFs, kept under the digest of what lies on disk. It knows no feature: a slice
says for what a file is kept, under whose key, and who may see it."""
