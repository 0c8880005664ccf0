"""Where the index lives: a relational catalog that is the truth, and vectors that can be rebuilt from it."""
