"""One folder for each capability of the portal."""
