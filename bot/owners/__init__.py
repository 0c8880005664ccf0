"""Who owns what, and whom to ask: from a question in words to a report that keeps declared, built and ask-now apart."""
