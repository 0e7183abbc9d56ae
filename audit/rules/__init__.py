"""The chain of hashes over the trail."""
