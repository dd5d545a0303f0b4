"""What Staffetta does, one verb a file, over core and ports. Dependencies are arguments; nothing here knows AWS."""
