"""The rules of offers and needs: vocabulary, lifecycles, commands. Plain Python."""
