"""What commands share: reading the file they are given, options that several have, and how they print."""
