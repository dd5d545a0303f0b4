"""The ports made real, on AWS."""
