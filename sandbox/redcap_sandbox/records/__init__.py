"""Records: where they are kept, what an import may say, how an export is laid out."""
