"""The rules of matching rounds: lifecycle, published policy, figures. Plain Python."""
