"""Where all that changes between two requests is kept: in this process, or in an engine that several servers share."""
