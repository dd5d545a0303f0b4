"""The console as its people meet it, and tours of its pages."""
