"""What `doctor` looks at, one file a subject: each check says that all is well, or what to do."""
