"""Organization files: loaded, validated, and converted into the record that the simulation works from."""
