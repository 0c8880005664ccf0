"""Who is said to own what: CODEOWNERS in each host's dialect, OWNERS per folder, MAINTAINERS."""
