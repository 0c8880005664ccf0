"""What docent knows about code: it reads git, cuts files into chunks, finds symbols and imports, stores them, and answers questions of fact."""
