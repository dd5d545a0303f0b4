"""What the `staffetta` command can do, a module for each noun. `add(parser)` tells the arguments; a command raises what its user can mend."""
