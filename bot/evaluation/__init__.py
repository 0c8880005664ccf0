"""How good docent's answers are, measured on labelled cases."""
