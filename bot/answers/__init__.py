"""From a question to a checked answer: intent, evidence, composition, citations."""
