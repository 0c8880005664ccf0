"""What docent knows about code: it reads git, cuts files into chunks, stores what it finds, and answers questions of fact."""
