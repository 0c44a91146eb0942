"""The rules of proposals: lifecycle, commands, versions of terms. Plain Python."""
