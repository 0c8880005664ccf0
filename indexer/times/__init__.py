"""When something happened, in the words people use: stretches of time, releases, and where a question names them."""
