"""What names a person directly, kind by kind: addresses, phones, numbers of persons, names, and texts with some of them."""
