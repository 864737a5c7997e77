"""The program that looks into signed files of strangers (see ``documents/isolated``)."""
