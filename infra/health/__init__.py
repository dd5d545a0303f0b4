"""What is wrong with an account before a deployment (preflight), and with a stage after it (doctor): each with what to do."""
