"""The rules of assistance: vocabulary, lifecycles, commands, specifications, rungs. Plain Python."""
