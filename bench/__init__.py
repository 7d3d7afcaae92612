"""Benchmarks: figures with targets, printed and written to a file, never a test."""
