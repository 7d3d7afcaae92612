"""Chinese in the search: the theme cuts it into words with jieba while it writes its index.

Left to itself, jieba tells the terminal that it reads its dictionary, and keeps a copy in the folder for temporary
files that all users share, from which it reads the next time. Here it does neither.
"""

from __future__ import annotations

import logging

import jieba


def prepare() -> None:
    """Read the dictionary, once in a process; about a second."""
    jieba.setLogLevel(logging.WARNING)
    words = jieba.dt
    if not words.initialized:
        words.FREQ, words.total = words.gen_pfdict(words.get_dict_file())
        words.initialized = True
