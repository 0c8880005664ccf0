"""Finding the files and commits that answer a question: `search` over corpora, from a `Query` to hits."""
