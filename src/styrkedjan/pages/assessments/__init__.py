"""The pages of the self-assessment (självvärdering)."""
