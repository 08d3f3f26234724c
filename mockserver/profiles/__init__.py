"""Named profiles: fault rules, options of switches and defects under one name, for every vendor."""
