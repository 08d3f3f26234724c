"""A simulator of three vendors' AI-analytics HTTP APIs: JetBrains, Augment Code and Tabnine."""
