"""docent in Slack. `SlackBot` serves, `check_slack` diagnoses, `manifest` describes the app; import them from their files."""
