"""Pure machinery that every feature shares. Imports nothing but the standard library and pydantic."""
