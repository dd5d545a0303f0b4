"""What Staffetta does, one verb a file, over core and ports. Dependencies are arguments; no step names AWS's APIs."""
