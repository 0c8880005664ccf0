"""What docent says to people: it turns a question into evidence and an answer, and shows it in Slack or a terminal."""
