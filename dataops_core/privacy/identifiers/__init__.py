"""What names a person directly, kind by kind: addresses, phones, numbers of persons, names, texts that hold some."""
