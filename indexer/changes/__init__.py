"""What changed and why: commits become stories, stories are ranked, and the few that matter are looked at closely."""
